// Ops and tensors as a table that is sorted and filtered.
import { choice, el, section } from "./dom.mjs";
import { bytes, number, percent, shape } from "./format.mjs";
import { onSelect, select } from "./selection.mjs";
import { exactOr } from "./summary.mjs";

// Rows that are made at once; more on request.
const ROWS = 400;

const column = (title, of, show = (value) => value, more = {}) => ({ title, of, show, ...more });
const figure = (title, of, show) => column(title, of, show, { figure: true });

const OPS = [
  column("#", (op) => op.index, number, { figure: true, always: true }),
  column("Operator", (op) => op.op, undefined, { always: true, opens: true }),
  column("Name", (op) => op.name, undefined, { name: true }),
  column("Stored", (op) => ({ island: "float island", quantized: "quantized", border: "border", other: "as it was" })[op.kind]),
  figure("Rank", (op) => op.rank, number),
  figure("Cost", (op) => op.share, percent),
  figure("SQNR", (op) => op.sqnr, exactOr),
  figure("Made here", (op) => op.made, exactOr),
  figure("Inherited", (op) => op.inherited, exactOr),
  figure("Weights", (op) => op.weightBytes, bytes),
  column("Asked for", (op) => op.scheme || undefined),
  column("Why it stays float", (op) => op.reason || undefined, undefined, { name: true }),
];

const TENSORS = [
  column("Tensor", (tensor) => tensor.name, undefined, { always: true, opens: true, name: true }),
  column("Of", (tensor) => opOf(tensor)?.op),
  column("Type", (tensor) => tensor.type),
  column("Shape", (tensor) => shape(tensor.shape), undefined, { size: (tensor) => tensor.shape.reduce((product, dim) => product * Math.max(dim, 1), 1) }),
  column("Kind", (tensor) => (tensor.constant ? "constant" : "activation")),
  figure("SQNR", (tensor) => tensor.sqnr, exactOr),
  figure("Cosine", (tensor) => tensor.cosine, (value) => number(value, 6)),
  figure("Largest error", (tensor) => tensor.maxError, number),
  figure("Clipped", (tensor) => tensor.clipped, percent),
  figure("Codes used", (tensor) => (tensor.codes ? tensor.codesUsed / tensor.codes : undefined), percent),
  figure("Smallest", (tensor) => tensor.min, number),
  figure("Largest", (tensor) => tensor.max, number),
  figure("Scale", (tensor) => (tensor.scale.length > 0 ? Math.max(...tensor.scale) : undefined), number),
  figure("Zero point", (tensor) => (tensor.zeroPoint.length === 1 ? tensor.zeroPoint[0] : undefined), number),
  figure("Bytes", (tensor) => tensor.bytes, bytes),
];

const opOf = (tensor) => tensor.producer ?? tensor.consumers?.[0];

const STORED = [["", "all"], ["quantized", "quantized"], ["island", "float islands"], ["border", "quantize / dequantize"], ["other", "other"]];

// Missing values come last in either direction; equal ones keep the order of execution.
function compare(of, direction) {
  return (a, b) => {
    const x = of(a), y = of(b);
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
    return direction * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true }));
  };
}

class Table {
  constructor(report) {
    this.sets = {
      ops: { rows: report.ops, columns: OPS, op: (row) => row, stored: (row) => row.kind },
      tensors: { rows: report.tensors, columns: TENSORS, op: opOf, stored: (row) => opOf(row)?.kind },
    };
    // Columns of which the report says nothing are left out.
    for (const set of Object.values(this.sets)) {
      set.columns = set.columns.filter((one) => one.always || set.rows.some((row) => one.of(row) !== undefined));
    }
    this.search = "";
    this.stored = "";
    this.head = el("thead");
    this.body = el("tbody");
    this.count = el("p", { id: "table-count", class: "muted", role: "status", "aria-live": "polite" });
    this.more = el("button", { type: "button", onclick: () => this.fill(Infinity) });
    this.element = el("table", { id: "table" }, el("caption", { class: "hidden" }, "Operators and tensors; the buttons in the head sort"), this.head, this.body);
    this.use("ops");
    onSelect((op) => this.mark(op));
  }

  use(name) {
    this.set = this.sets[name];
    const rank = name === "ops" ? this.set.columns.find((one) => one.title === "Rank") : undefined;
    this.sorted = rank ?? this.set.columns[0];
    this.direction = 1;
    if (name === "tensors") this.sorted = null; // the report's own order, which is that of execution
    this.head.replaceChildren(el("tr", {}, this.set.columns.map((one) => {
      one.cell = el("th", { scope: "col", class: one.figure && "figure" }, el("button", { type: "button", onclick: () => this.sort(one) }, one.title,
        el("span", { class: "arrow", "aria-hidden": "true" })));
      return one.cell;
    })));
    this.update();
  }

  sort(one) {
    this.direction = this.sorted === one ? -this.direction : 1;
    this.sorted = one;
    this.update();
  }

  update() {
    for (const one of this.set.columns) {
      if (one === this.sorted) one.cell.setAttribute("aria-sort", this.direction > 0 ? "ascending" : "descending");
      else one.cell.removeAttribute("aria-sort");
    }
    const wanted = this.search.toLowerCase();
    this.rows = this.set.rows.filter((row) => (this.stored === "" || this.set.stored(row) === this.stored) &&
      (wanted === "" || [row.op, row.name, row.reason, row.type].some((value) => typeof value === "string" && value.toLowerCase().includes(wanted))));
    if (this.sorted) this.rows.sort(compare(this.sorted.size ?? this.sorted.of, this.direction));
    this.fill(ROWS);
  }

  fill(limit) {
    const shown = this.rows.slice(0, limit);
    this.marked = undefined;
    this.trs = new Map();
    this.body.replaceChildren(...shown.map((row) => this.row(row)));
    this.more.hidden = shown.length === this.rows.length;
    this.more.textContent = `Show all ${this.rows.length} rows`;
    this.count.textContent = `${this.rows.length} of ${this.set.rows.length} rows`;
    if (this.current) this.mark(this.current);
  }

  row(row) {
    const op = this.set.op(row);
    const open = () => select(op, "table");
    const tr = el("tr", {}, this.set.columns.map((one) => {
      const value = one.of(row), shown = value === undefined ? "" : one.show(value);
      if (one.opens) return el("th", { scope: "row", class: one.name && "name" }, op ? el("button", { type: "button", class: "link", onclick: open }, shown) : shown);
      return el("td", { class: [one.figure && "figure", one.name && "name"].filter(Boolean).join(" ") || undefined }, shown);
    }));
    if (op && !this.trs.has(op)) this.trs.set(op, tr);
    return tr;
  }

  mark(op) {
    this.current = op;
    this.marked?.removeAttribute("aria-current");
    this.marked = this.trs.get(op);
    this.marked?.setAttribute("aria-current", "true");
  }
}

export function table(report) {
  const table = new Table(report);
  const search = el("input", { type: "search", id: "search", oninput: () => {
    table.search = search.value;
    table.update();
  } });
  const kind = (value, title, checked) => el("label", {}, el("input", { type: "radio", name: "rows", value, checked, onchange: () => table.use(value) }), title);
  return section("rows", "Operators and tensors",
    el("div", { class: "controls" },
      el("fieldset", {}, el("legend", { class: "hidden" }, "Rows"), kind("ops", `Operators (${report.ops.length})`, true), kind("tensors", `Tensors (${report.tensors.length})`)),
      el("label", { class: "control" }, el("span", {}, "Filter"), search),
      choice("Stored", STORED, "", (value) => {
        table.stored = value;
        table.update();
      })),
    table.count,
    el("div", { class: "scroll tall-table", tabindex: 0, role: "region", "aria-label": "Table of operators and tensors" }, table.element), table.more);
}
