// The op at hand: its figures, and the values of its operands and results with the range that was chosen for them.
import { axis, draw, forget, text, tooltip } from "./charts.mjs";
import { el } from "./dom.mjs";
import { decibel, isNumber, number, percent, shape, shortened } from "./format.mjs";
import { isExact } from "./report.mjs";
import { onSelect } from "./selection.mjs";
import { exactOr } from "./summary.mjs";
import { colour } from "./theme.mjs";

// Left and right edge of every bin and its count, and a closing point, as a line of steps needs them.
function steps({ min, max, counts }) {
  const width = (max - min) / counts.length;
  return [...counts.map((count, i) => [min + i * width, height(count)]), [max, height(counts[counts.length - 1])]];
}

// Counts of tails are small beside those of the middle, and tails are what a range cuts: heights are logarithms.
const height = (count) => Math.log10(1 + count);
const countOf = (value) => Math.round(10 ** value - 1);

function histogramOptions(tensor) {
  const { histogram, range } = tensor;
  // A range much wider than the values is shown to its end all the same: that is what is wrong with it.
  const low = Math.min(histogram.min, range?.[0] ?? histogram.min), high = Math.max(histogram.max, range?.[1] ?? histogram.max);
  const pad = (high - low || 1) * 0.03;
  const outside = { itemStyle: { color: colour("outside") } };
  return {
    textStyle: text(),
    aria: { enabled: true, label: { description: `Histogram of ${tensor.name} from ${number(histogram.min)} to ${number(histogram.max)}` +
      (range ? `; it can hold ${number(range[0])} to ${number(range[1])}` : "") } },
    grid: { left: 58, right: 14, top: 24, bottom: 26 },
    xAxis: axis({ type: "value", min: low - pad, max: high + pad, splitLine: { show: false },
      axisLabel: { color: colour("muted"), showMinLabel: false, showMaxLabel: false, hideOverlap: true, formatter: (value) => number(value, 3) } }),
    yAxis: axis({ type: "value", splitNumber: 3, axisLabel: { color: colour("muted"), formatter: (value) => (Number.isInteger(value) ? number(10 ** value) : "") } }),
    tooltip: tooltip(([{ dataIndex, value }]) => {
      const width = (histogram.max - histogram.min) / histogram.counts.length;
      return [`${number(countOf(value[1]))} values`, `from ${number(value[0])} to ${number(Math.min(value[0] + width, histogram.max))}`].slice(0, dataIndex < histogram.counts.length ? 2 : 1);
    }, { trigger: "axis" }),
    series: [{
      type: "line", step: "end", data: steps(histogram), symbol: "none", lineStyle: { width: 1, color: colour(tensor.constant ? "weight" : "quantized") },
      areaStyle: { color: colour(tensor.constant ? "weight" : "quantized"), opacity: 0.35 },
      markLine: range && { symbol: "none", silent: true, lineStyle: { color: colour("range"), width: 2, type: "solid" },
        label: { color: colour("range"), fontSize: 11, formatter: ({ value }) => number(value, 3) }, data: range.map((end) => ({ xAxis: end })) },
      markArea: range && { silent: true, data: [[{ xAxis: low - pad, ...outside }, { xAxis: range[0] }], [{ xAxis: range[1], ...outside }, { xAxis: high + pad }]] },
    }],
  };
}

// What each channel of a weight has: its scale, or how exact it is where that was measured.
function channelOptions(tensor) {
  const measured = tensor.channels.length > 0;
  const values = measured ? tensor.channels.map((channel) => (channel.sqnr_db === null ? undefined : channel.sqnr_db)) : tensor.scale;
  const title = measured ? "SQNR of each channel, dB" : "Scale of each channel";
  return {
    textStyle: text(),
    aria: { enabled: true, label: { description: `${title}: ${values.length} channels of ${tensor.name}` } },
    grid: { left: 52, right: 14, top: 26, bottom: 24 },
    xAxis: axis({ type: "category", data: values.map((_, i) => String(i)) }),
    yAxis: axis({ type: "value", name: title, scale: false, splitNumber: 3, nameTextStyle: { color: colour("muted"), align: "left", padding: [0, 0, 0, -36] },
      axisLabel: { color: colour("muted"), formatter: (value) => number(value, 3) } }),
    tooltip: tooltip(({ dataIndex }) => {
      const channel = tensor.channels[dataIndex];
      return [`channel ${dataIndex}`, `scale ${number(tensor.scale[dataIndex])}`, ...(channel ? [`from ${number(channel.min)} to ${number(channel.max)}`,
        `SQNR ${channel.sqnr_db === null ? "exact" : decibel(channel.sqnr_db)}`] : [])];
    }, { trigger: "item" }),
    series: [{ type: "bar", data: values.map((value) => value ?? "-"), itemStyle: { color: colour("weight") }, barCategoryGap: "10%" }],
  };
}

const fact = (name, value) => [el("dt", {}, name), el("dd", {}, value)];

function opFacts(op) {
  const facts = [
    ["Stored", op.kind === "island" ? "float (island)" : op.quantized ? "quantized" : "as it was"],
    op.scheme && ["Asked for", op.scheme],
    op.rule !== undefined && op.rule >= 0 && ["By the recipe's rule", number(op.rule)],
    op.reason && ["Why it stays float", op.reason],
    op.rank !== undefined && ["Rank by cost", number(op.rank)],
    op.share !== undefined && ["Share of the outputs' noise", percent(op.share)],
    op.sqnr !== undefined && ["SQNR of the result", exactOr(op.sqnr)],
    op.made !== undefined && ["... error made here", exactOr(op.made)],
    op.inherited !== undefined && ["... error inherited", exactOr(op.inherited)],
  ].filter(Boolean);
  return el("dl", { class: "facts" }, facts.map(([name, value]) => fact(name, value)));
}

function tensorText(tensor) {
  const words = [tensor.type && `${tensor.type} ${shape(tensor.shape)}`];
  if (tensor.range) words.push(`holds ${number(tensor.range[0])} to ${number(tensor.range[1])}`);
  if (isNumber(tensor.min) && isNumber(tensor.max)) words.push(`values ${number(tensor.min)} to ${number(tensor.max)}`);
  if (tensor.scale.length === 1) words.push(`scale ${number(tensor.scale[0])}${tensor.zeroPoint.length === 1 ? `, zero point ${tensor.zeroPoint[0]}` : ""}`);
  if (tensor.scale.length > 1) words.push(`${tensor.scale.length} scales, ${number(Math.min(...tensor.scale))} to ${number(Math.max(...tensor.scale))}`);
  if (tensor.sqnr !== undefined) words.push(`SQNR ${isExact(tensor.sqnr) ? "exact" : decibel(tensor.sqnr)}`);
  if (isNumber(tensor.clipped)) words.push(`${percent(tensor.clipped)} clipped`);
  if (isNumber(tensor.codesUsed)) words.push(`${number(tensor.codesUsed)} of ${number(tensor.codes)} codes used`);
  return words.filter(Boolean).join("; ");
}

// A bar from end to end of what the tensor can hold, where there is no histogram to draw it into.
function rangeBar({ min, max, range }) {
  if (!range || !isNumber(min) || !isNumber(max) || !(range[1] > range[0])) return null;
  const low = Math.min(min, range[0]), span = Math.max(max, range[1]) - low;
  const place = (from, to) => `left:${(100 * (from - low)) / span}%;width:${(100 * (to - from)) / span}%`;
  const bar = el("div", { class: "range-bar", role: "img", "aria-label": `values ${number(min)} to ${number(max)} within ${number(range[0])} to ${number(range[1])}` },
    el("span", { class: "held" }), el("span", { class: "seen" }));
  bar.children[0].style.cssText = place(...range);
  bar.children[1].style.cssText = place(min, max);
  return bar;
}

// The parts of one tensor; `charts` receives what is to be drawn once it stands on the page.
function tensorPart(role, tensor, charts) {
  const part = el("div", { class: "tensor" }, el("h4", {}, el("span", { class: "role" }, role), " ", shortened(tensor.name, 60)), el("p", { class: "muted" }, tensorText(tensor)));
  const chart = (options) => {
    const area = el("div", { class: "chart small" });
    charts.push([area, () => options(tensor)]);
    part.append(area);
  };
  if (tensor.histogram?.counts?.length > 0 && tensor.histogram.max > tensor.histogram.min) chart(histogramOptions);
  else part.append(rangeBar(tensor) ?? "");
  if (tensor.scale.length > 1) chart(channelOptions);
  return part;
}

export function details() {
  const body = el("div", { id: "details-body" }, el("p", { class: "muted" }, "Choose an operator."));
  let drawn = [];
  onSelect((op) => {
    drawn.forEach(([area]) => forget(area));
    drawn = [];
    const constants = op.inputs.filter((tensor) => tensor.constant), others = op.inputs.filter((tensor) => !tensor.constant);
    body.replaceChildren(
      el("h3", {}, op.op), el("p", { class: "muted name" }, op.name), opFacts(op),
      ...op.outputs.map((tensor) => tensorPart("Result", tensor, drawn)),
      ...constants.map((tensor) => tensorPart("Constant", tensor, drawn)),
      ...others.map((tensor) => tensorPart("Operand", tensor, drawn)));
    body.parentElement.scrollTop = 0;
    drawn.forEach(([area, options]) => draw(area, options));
  });
  return el("aside", { id: "details", class: "panel", "aria-label": "The chosen operator", "aria-live": "polite", tabindex: 0 }, body);
}
