// Reads the report that stands in the page and shows it.
import { bars } from "./bars.mjs";
import { el } from "./dom.mjs";
import { graph } from "./graph.mjs";
import { readReport } from "./report.mjs";
import { select } from "./selection.mjs";
import { findings, summary, warnings } from "./summary.mjs";
import { table } from "./table.mjs";
import { themeSwitch } from "./theme.mjs";

// What a reader most likely came for: the first finding's op, or the costliest, or the first that stays float.
function firstLook(report) {
  return report.findings[0]?.op ?? report.ops.find((op) => op.rank === 1) ?? report.ops.find((op) => op.kind === "island") ?? report.ops[0];
}

function header(report) {
  const what = report.debug ? "what quantization did to" : "conversion of";
  const name = report.name || "a model";
  document.title = `${name} – Zeropoint report`;
  return [el("h1", {}, el("span", { class: "muted" }, `Zeropoint: ${what} `), name), themeSwitch()];
}

function show() {
  const report = readReport(JSON.parse(document.getElementById("report").textContent));
  const drawnBars = bars(report), drawnGraph = graph(report);
  document.getElementById("header").append(...header(report));
  const parts = [summary(report), findings(report), warnings(report), drawnBars.element, drawnGraph.element, table(report)];
  document.getElementById("main").append(...parts.filter(Boolean));
  drawnBars.start();
  drawnGraph.start();
  select(firstLook(report));
}

show();
