// What was converted and how well: the head of the page, findings and warnings.
import { el, section } from "./dom.mjs";
import { bytes, decibel, number, percent } from "./format.mjs";
import { isExact } from "./report.mjs";
import { select } from "./selection.mjs";

const CAUSES = new Map(Object.entries({
  "outlier-channel": "One channel sets the scale for all",
  "mixed-range-concat": "Tensors of different ranges share a scale",
  "dead-channel": "A channel of weights that are all zero",
  "swish-tail": "The tail of a swish takes the codes",
  "saturated-input": "Samples leave the input's range",
  "unnormalized-samples": "Samples are not normalized",
  "too-few-samples": "Too few samples to calibrate",
  "range-collapse": "A range far wider than the values",
}));

export const exactOr = (value) => (isExact(value) ? "exact" : decibel(value));

const card = (label, value, note) =>
  el("div", { class: "card" }, el("dt", {}, label), el("dd", {}, value), note && el("dd", { class: "note" }, note));

function sizeNote(report) {
  if (!report.floatBytes || !report.bytes) return undefined;
  return `${bytes(report.floatBytes)} as float: ${(report.floatBytes / report.bytes).toFixed(2)} times smaller`;
}

function worstOutput(report) {
  return report.outputs.filter((output) => output.sqnr !== undefined).sort((a, b) => a.sqnr - b.sqnr)[0];
}

function cards(report) {
  const count = (kind) => report.ops.filter((op) => op.kind === kind).length;
  const worst = worstOutput(report);
  const quantized = report.ops.filter((op) => op.quantized).length;
  const islands = count("island");
  return el("dl", { class: "cards" },
    report.mode && card("Mode", report.mode),
    worst && card(report.outputs.length > 1 ? "Worst output" : "Output", exactOr(worst.sqnr), `SQNR of ${worst.name}`),
    card("Size", bytes(report.bytes), sizeNote(report)),
    card("Operators", `${quantized} of ${report.ops.length}`, "quantized"),
    quantized > 0 && card("Float islands", number(islands), islands === 1 ? "operator stays float" : "operators stay float"),
    report.samples !== undefined && card("Samples", number(report.samples),
      report.debug ? `run through both models; ${number(report.calibrationSamples)} for calibration` : "for calibration"));
}

function outputs(report) {
  if (report.outputs.length === 0) return null;
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Accuracy at the outputs" },
    el("table", { id: "outputs" },
      el("caption", {}, "Accuracy at the outputs, against the float model"),
      el("thead", {}, el("tr", {}, ["Output", "SQNR", "Cosine", "Mean squared error", "Largest error"].map((title, i) => el("th", { scope: "col", class: i > 0 && "figure" }, title)))),
      el("tbody", {}, report.outputs.map((output) => el("tr", {}, el("th", { scope: "row" }, output.name),
        [exactOr(output.sqnr), number(output.cosine, 6), number(output.mse), number(output.maxError)].map((value) => el("td", { class: "figure" }, value)))))));
}

function times(report) {
  if (report.times.length === 0) return null;
  return el("p", { class: "muted" }, "Time: ", report.times.map((time) => `${time.stage} ${time.seconds.toFixed(2)} s`).join(", "));
}

export function summary(report) {
  return section("summary", "Summary", cards(report), outputs(report), times(report));
}

function copyButton(line) {
  const button = el("button", { type: "button", class: "quiet", onclick: async () => {
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it and copy";
    }
  } }, "Copy");
  return button;
}

function gain(finding) {
  if (finding.before === undefined || finding.after === undefined) return el("p", { class: "muted" }, "The gain was not measured.");
  return el("p", { class: "gain" }, "Measured: the outputs go from ", el("strong", {}, exactOr(finding.before)), " to ",
    el("strong", {}, exactOr(finding.after)), finding.recovered !== undefined && `; ${percent(finding.recovered)} of the noise is gone`, ".");
}

function item(finding) {
  return el("li", { class: "finding" },
    el("h3", {}, CAUSES.get(finding.cause) ?? finding.cause),
    el("p", {}, finding.op
      ? el("button", { type: "button", class: "link", onclick: () => select(finding.op, "finding") }, `${finding.op.op} ${finding.op.name}`)
      : finding.opName, finding.tensor && el("span", { class: "muted" }, ` tensor ${finding.tensor}`)),
    el("p", {}, finding.text),
    finding.line && el("div", { class: "fix" },
      el("span", { class: "muted" }, finding.kind === "data" ? "Change the samples:" : "Add to the recipe:"),
      el("pre", {}, el("code", {}, finding.line)), copyButton(finding.line)),
    gain(finding));
}

export function findings(report) {
  if (!report.debug) return null;
  return section("findings", "Findings",
    report.findings.length === 0
      ? el("p", {}, "No known cause of error was found.")
      : el("ol", { class: "findings" }, report.findings.map(item)));
}

export function warnings(report) {
  if (report.warnings.length === 0) return null;
  return section("warnings", "Warnings", el("ul", {}, report.warnings.map((warning) => el("li", {}, warning))));
}
