// One bar an op, in order of execution: what it costs, how wrong its result is, or how large its weights are.
import { axis, draw, drawn, text, tooltip } from "./charts.mjs";
import { choice, el, section } from "./dom.mjs";
import { bytes, number, percent, shortened } from "./format.mjs";
import { isExact } from "./report.mjs";
import { onSelect, select, selected } from "./selection.mjs";
import { exactOr } from "./summary.mjs";
import { colour } from "./theme.mjs";

// Bars beyond which the chart shows a window that moves over them.
const WINDOW = 60;

const FIGURES = [
  { key: "share", title: "Cost: share of the outputs' noise", short: "share of noise", show: percent },
  { key: "sqnr", title: "SQNR of the result, dB", short: "SQNR", show: exactOr },
  { key: "made", title: "SQNR of the error made here, dB", short: "made here", show: exactOr },
  { key: "inherited", title: "SQNR of the inherited error, dB", short: "inherited", show: exactOr },
  { key: "weightBytes", title: "Bytes of weights", short: "weights", show: bytes },
];

export const figuresOf = (report) => FIGURES.filter(({ key }) => report.ops.some((op) => op[key] !== undefined));

function options(report, figure) {
  const { ops } = report;
  // Exact results have no height of their own: they get that of the best bar.
  const best = ops.reduce((high, op) => (op[figure.key] === undefined || isExact(op[figure.key]) ? high : Math.max(high, op[figure.key])), 0);
  const data = ops.map((op) => ({
    value: op[figure.key] === undefined ? "-" : isExact(op[figure.key]) ? best : op[figure.key],
    itemStyle: { color: colour(op === selected() ? "accent" : op.kind), decal: op.kind === "island" ? STRIPES : undefined },
  }));
  const many = ops.length > WINDOW;
  return {
    textStyle: text(),
    aria: { enabled: true, label: { description: `${figure.title}, for each of ${ops.length} operators in order of execution. The table below holds the same figures.` } },
    grid: { left: 64, right: 16, top: 28, bottom: many ? 120 : 96 },
    xAxis: axis({ type: "category", data: ops.map((op) => String(op.index)), axisLabel: { color: colour("muted"), rotate: 40, hideOverlap: true,
      formatter: (index) => drawn(shortened(ops[index]?.op ?? "", 20)) } }),
    yAxis: axis({ type: "value", name: figure.title, nameLocation: "end", nameTextStyle: { color: colour("muted"), align: "left", padding: [0, 0, 4, -48] },
      axisLabel: { color: colour("muted"), formatter: (value) => (figure.key === "share" ? percent(value) : figure.key === "weightBytes" ? bytes(value) : number(value)) } }),
    tooltip: tooltip((point) => {
      const op = ops[point.dataIndex];
      return [`${op.op}`, shortened(op.name, 80), ...figuresOf(report).filter(({ key }) => op[key] !== undefined).map(({ key, short, show }) => `${short}: ${show(op[key])}`)];
    }, { trigger: "item" }),
    dataZoom: many ? [{ type: "slider", startValue: 0, endValue: ops.length - 1, bottom: 8, height: 24, borderColor: colour("line"), textStyle: { color: colour("muted") },
      labelFormatter: (value) => String(Math.round(value)), dataBackground: { areaStyle: { color: colour("quantized") }, lineStyle: { color: colour("quantized") } },
      brushSelect: false }] : [],
    series: [{ type: "bar", data, barMaxWidth: 36, barCategoryGap: many ? "10%" : "30%", large: false, cursor: "pointer" }],
  };
}

// Float islands differ by more than their colour.
const STRIPES = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color: "rgba(0,0,0,0.28)" };

export function bars(report) {
  const figures = figuresOf(report);
  if (figures.length === 0) return { element: null, start() {} };
  let figure = figures[0];
  const area = el("div", { id: "bars-chart", class: "chart tall" });
  let chart;
  const redraw = () => {
    const zoom = chart?.getOption()?.dataZoom?.[0];
    chart = draw(area, () => options(report, figure));
    if (zoom) chart.dispatchAction({ type: "dataZoom", start: zoom.start, end: zoom.end });
  };
  const element = section("bars", "Operators in order of execution",
    el("div", { class: "controls" },
      choice("Show", figures.map(({ key, title }) => [key, title]), figure.key, (key) => {
        figure = figures.find((one) => one.key === key);
        redraw();
      }), legend()),
    area);
  const start = () => {
    redraw();
    chart.on("click", ({ dataIndex }) => select(report.ops[dataIndex], "bars"));
    onSelect(redraw);
    area.zeropointChart = chart; // for whoever wants to look into it from the console
  };
  return { element, start };
}

export function legend() {
  const key = (kind, title) => el("span", { class: "key" }, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), title);
  return el("div", { class: "legend" }, key("quantized", "quantized"), key("island", "float island"), key("border", "quantize / dequantize"), key("other", "other"));
}
