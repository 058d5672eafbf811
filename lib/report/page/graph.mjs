// The graph: boxes for ops, float islands marked, lines for what flows between them.
import { select as d3select } from "d3-selection";
import { zoom as d3zoom, zoomIdentity } from "d3-zoom";
import { legend } from "./bars.mjs";
import { details } from "./details.mjs";
import { choice, el, section, svg } from "./dom.mjs";
import { shape, shortened } from "./format.mjs";
import { layout } from "./layout.mjs";
import { onSelect, select, selected } from "./selection.mjs";
import { exactOr } from "./summary.mjs";

const BOX = { width: 190, height: 42 };
const END = { width: 150, height: 24 };
const LETTERS = 24; // that fit into a box
const READABLE = 0.7; // the smallest scale at which boxes can be read

// Boxes and lines of one graph of the model. Results that nothing reads and inputs get boxes of their own.
function boxesOf(report, graph) {
  const ops = report.ops.filter((op) => op.graph === graph);
  const ends = new Map();
  const end = (tensor, kind) => ends.get(tensor) ?? ends.set(tensor, { ...END, tensor, kind }).get(tensor);
  for (const op of ops) for (const tensor of op.inputs) if (!tensor.constant && !tensor.unlisted && tensor.producer?.graph !== graph) end(tensor, "input");
  const inputs = [...ends.values()];
  for (const op of ops) for (const tensor of op.outputs) if (!tensor.consumers) end(tensor, "output");
  const outputs = [...ends.values()].slice(inputs.length);
  const nodes = [...inputs, ...ops.map((op) => ({ ...BOX, op, kind: op.kind })), ...outputs].map((node, id) => Object.assign(node, { id }));
  const idOf = new Map(nodes.filter(({ op }) => op).map((node) => [node.op, node.id]));
  const edges = [];
  for (const op of ops) {
    for (const tensor of op.inputs) {
      const from = tensor.producer?.graph === graph ? idOf.get(tensor.producer) : ends.get(tensor)?.id;
      // Loops over variables could name a later producer; lines go forward only.
      if (from !== undefined && from < idOf.get(op)) edges.push({ from, to: idOf.get(op), tensor });
    }
    for (const tensor of op.outputs) if (ends.has(tensor)) edges.push({ from: idOf.get(op), to: ends.get(tensor).id, tensor });
  }
  return { nodes, edges };
}

// A curve through the points: straight up and down at its ends.
function path(points) {
  const [first, ...rest] = points;
  let d = `M${first.x.toFixed(1)},${first.y.toFixed(1)}`, from = first;
  for (const to of rest) {
    const middle = (from.y + to.y) / 2;
    d += `C${from.x.toFixed(1)},${middle.toFixed(1)} ${to.x.toFixed(1)},${middle.toFixed(1)} ${to.x.toFixed(1)},${to.y.toFixed(1)}`;
    from = to;
  }
  return d;
}

const isFloat = (tensor) => /^b?float/.test(tensor.type);

function drawBox({ node, x, y }) {
  const { op, tensor, width, height } = node;
  const title = op ? `${op.op} ${op.name}${op.reason ? `: ${op.reason}` : ""}` : `${node.kind} ${tensor.name} ${tensor.type} ${shape(tensor.shape)}`;
  const box = svg("g", { class: `node ${op ? `op ${node.kind}` : "end"}`, transform: `translate(${x - width / 2},${y - height / 2})`, "data-op": op?.index },
    svg("title", {}, title), svg("rect", { width, height, rx: op ? 5 : height / 2 }));
  if (!op) {
    box.append(svg("text", { x: width / 2, y: height / 2 + 4, "text-anchor": "middle" }, shortened(tensor.name, 20)));
    return box;
  }
  const figure = op.share !== undefined ? `${(100 * op.share).toFixed(1)} %` : op.sqnr !== undefined ? exactOr(op.sqnr) : "";
  box.append(svg("text", { x: 10, y: 17, class: "title" }, shortened(op.op, LETTERS - figure.length)),
    svg("text", { x: width - 8, y: 17, "text-anchor": "end", class: "figure" }, figure),
    svg("text", { x: 10, y: 33, class: "name" }, shortened(op.name, LETTERS + 2)));
  box.addEventListener("click", () => select(op, "graph"));
  return box;
}

class View {
  constructor(report) {
    this.report = report;
    this.lines = svg("g", { class: "lines" });
    this.boxes = svg("g", { class: "boxes" });
    this.all = svg("g", {}, this.lines, this.boxes);
    this.root = svg("svg", { id: "graph-drawing", tabindex: 0, role: "application", "aria-roledescription": "graph of operators",
      "aria-label": "Graph of the operators. Arrow keys move to the next and the previous operator." }, this.all);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.zoom = d3zoom().scaleExtent([0.02, 3]).on("zoom", ({ transform }) => this.all.setAttribute("transform", transform))
      // A plain wheel belongs to the page.
      .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button));
    this.selection = d3select(this.root).call(this.zoom).on("dblclick.zoom", null);
    onSelect((op, from) => this.show(op, from));
  }

  async open(graph) {
    this.graph = graph;
    this.placed = new Map();
    this.lines.replaceChildren();
    this.boxes.replaceChildren();
    this.root.dataset.ready = "false";
    const { nodes, edges } = boxesOf(this.report, graph);
    for await (const piece of layout(nodes, edges)) {
      if (this.graph !== graph) return; // another was opened meanwhile
      const first = this.placed.size === 0;
      this.extent = piece;
      this.boxes.append(...piece.nodes.map(drawBox));
      this.lines.append(...piece.lines.map(({ edge, points }) => svg("path", { d: path(points), class: isFloat(edge.tensor) ? "float" : "integer" },
        svg("title", {}, `${edge.tensor.name} ${edge.tensor.type} ${shape(edge.tensor.shape)}`))));
      for (const one of piece.nodes) if (one.node.op) this.placed.set(one.node.op, one);
      if (first) this.goto(0, 0, 1, true);
    }
    this.root.dataset.ready = "true";
    const op = selected();
    if (op && op.graph === graph) this.show(op, "");
  }

  size() {
    return { width: this.root.clientWidth || 600, height: this.root.clientHeight || 500 };
  }

  // Puts a point of the drawing into the middle of the window, or at its upper edge.
  goto(x, y, scale, top = false) {
    const { width, height } = this.size();
    this.selection.call(this.zoom.transform, zoomIdentity.translate(width / 2 - x * scale, (top ? 16 : height / 2) - y * scale).scale(scale));
  }

  fit() {
    const { width, height } = this.size(), { left, right, bottom } = this.extent;
    const scale = Math.min(1, (width - 32) / Math.max(right - left, 1), (height - 32) / Math.max(bottom, 1));
    this.goto((left + right) / 2, bottom / 2, scale);
    return scale;
  }

  by(factor) {
    this.selection.call(this.zoom.scaleBy, factor);
  }

  show(op, from) {
    this.boxes.querySelector(".selected")?.classList.remove("selected");
    if (op.graph !== this.graph) {
      if (this.choose) this.choose(op.graph);
      return;
    }
    const one = this.placed?.get(op);
    if (!one) return;
    this.boxes.querySelector(`[data-op="${op.index}"]`).classList.add("selected");
    // What can be read as a whole stays where it is.
    if (from === "graph" || (from === "" && this.fit() >= READABLE)) return;
    this.goto(one.x, one.y, 1);
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const ops = this.report.ops.filter((op) => op.graph === this.graph);
    select(ops[Math.min(Math.max(ops.indexOf(selected()) + step, 0), ops.length - 1)], "keyboard");
  }
}

export function graph(report) {
  const view = new View(report);
  const names = [...new Set(report.ops.map((op) => op.graph))].sort((a, b) => a - b);
  const button = (label, title, onclick) => el("button", { type: "button", class: "quiet", "aria-label": title, title, onclick }, label);
  const chooser = names.length > 1
    ? choice("Graph", names.map((name) => [String(name), `subgraph ${name}`]), String(names[0]), (name) => view.open(Number(name)))
    : null;
  view.choose = (name) => {
    if (chooser) chooser.querySelector("select").value = String(name);
    view.open(name);
  };
  const drawing = report.connected
    ? el("div", { class: "panel drawing" }, view.root)
    : el("p", { class: "panel muted" }, "This report does not say how operators are connected.");
  const element = section("graph", "Graph",
    el("div", { class: "controls" }, chooser, legend(), report.connected && el("div", { class: "buttons" },
      button("−", "Smaller", () => view.by(1 / 1.4)), button("+", "Larger", () => view.by(1.4)), button("Fit", "The whole graph", () => view.fit()))),
    el("div", { class: "split" }, drawing, details()),
    report.connected && el("p", { class: "muted hint" }, "Drag to move; Ctrl and the wheel to zoom; arrow keys go from operator to operator."));
  return { element, start: () => (report.connected && names.length > 0 ? view.open(names[0]) : undefined) };
}
