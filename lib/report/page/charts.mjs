// Apache ECharts, of which the page carries the parts that it uses.
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { el } from "./dom.mjs";
import { colour, onTheme } from "./theme.mjs";

echarts.use([BarChart, LineChart, AriaComponent, DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent, SVGRenderer]);

const live = new Map(); // element -> how to draw it again

// A chart in `element`; `options` is called anew when colours change. Returns the chart.
export function draw(element, options) {
  const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: "svg" });
  const again = () => chart.setOption({ animation: false, aria: { enabled: true }, ...options() }, { notMerge: true });
  live.set(element, { chart, again });
  again();
  return chart;
}

export function forget(element) {
  live.get(element)?.chart.dispose();
  live.delete(element);
}

onTheme(() => live.forEach(({ again }) => again()));
window.addEventListener("resize", () => live.forEach(({ chart }) => chart.resize()));

export const text = () => ({ color: colour("text"), fontFamily: "inherit" });

// A model's text for a chart. ECharts keeps the widths of texts in a plain object, where "__proto__" and its like would
// find what every object inherits; a space of no width makes another text of them.
export const drawn = (name) => (name in {} ? `\u200b${name}` : name);

export function axis(more) {
  return {
    axisLine: { lineStyle: { color: colour("line") } },
    axisTick: { lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("muted"), hideOverlap: true },
    nameTextStyle: { color: colour("muted") },
    splitLine: { lineStyle: { color: colour("grid") } },
    ...more,
  };
}

// Lines of text beside the pointer: elements, never markup.
export function tooltip(lines, more = {}) {
  return {
    confine: true,
    backgroundColor: colour("panel"),
    borderColor: colour("line"),
    textStyle: { color: colour("text"), fontSize: 12 },
    formatter: (point) => el("div", {}, lines(point).map((line, i) => el(i === 0 ? "strong" : "div", { class: "tip" }, line))),
    ...more,
  };
}
