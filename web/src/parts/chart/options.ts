// What uPlot is told about a chart: axes, lines, bands, the cursor. Reads the theme's colours; knows no data.
import uPlot from "uplot";
import { alone, type Slot } from "./align";
import { timeTexts, unitText, valueRange, valueTexts } from "./axes";
import { colour, font } from "./ink";
import { overlay } from "./overlay";
import { GREY, type Scheme, type Stroke, strokes } from "./palette";
import type { ChartProps } from "./shape";

export interface Drawn {
  props: () => ChartProps;
  slots: Slot[];
  scheme: Scheme;
  utc: boolean;
  /** The line that is looked at, or null. */
  focus: () => number | null;
}

export function options(drawn: Drawn, width: number): uPlot.Options {
  const { props, scheme } = drawn;
  const { lines, small, group, height = 220, since, until } = props();
  const limits = () => ({ unit: lines[0]?.unit ?? "", least: props().least, most: props().most });
  return {
    width,
    height,
    ms: 1,
    padding: [
      small ? 6 : 20,
      rightRoom(
        lines.map((one) => one.label),
        small,
        width,
      ),
      0,
      0,
    ],
    legend: { show: false },
    focus: { alpha: 1 },
    tzDate: drawn.utc ? (moment) => uPlot.tzDate(new Date(moment), "Etc/UTC") : (moment) => new Date(moment),
    scales: {
      x: { time: true, auto: false, min: since / 1000, max: until / 1000 },
      y: { range: (_, low, high) => valueRange(low, high, limits()) },
    },
    axes: [timeAxis(drawn.utc, small), valueAxis(limits().unit, small)],
    series: [{}, ...drawn.slots.map((slot) => series(drawn, slot))],
    bands: bands(drawn.slots, strokes(lines, scheme)),
    cursor: cursor(drawn, group),
    hooks: overlay(drawn, unitText(lines.map((one) => one.unit))),
  };
}

/** Room at the right for the lines' labels, where there is any. */
export function rightRoom(labels: string[], small: boolean | undefined, width: number): number {
  if (small || width < 560 || labels.length > 8) return 14;
  return Math.min(150, 20 + 6.6 * Math.max(0, ...labels.map((label) => Math.min(label.length, 20))));
}

function axis(): uPlot.Axis {
  const line = { stroke: colour("--w-line"), width: 1 };
  return { stroke: colour("--w-dim"), font: font(), grid: line, ticks: { ...line, size: 4 } };
}

function timeAxis(utc: boolean, small = false): uPlot.Axis {
  return {
    ...axis(),
    space: (plot) => (small || plot.width < 480 ? 66 : 84),
    size: small ? 26 : 36,
    gap: 4,
    values: (_, moments, __, ___, step) => timeTexts(moments, step, utc),
  };
}

function valueAxis(unit: string, small = false): uPlot.Axis {
  return {
    ...axis(),
    space: small ? 26 : 34,
    gap: 4,
    size: (_, texts) => 14 + 7 * Math.max(small ? 2 : 5, ...(texts ?? []).map((text) => text.length)),
    values: (_, values) => valueTexts(values, unit),
  };
}

function series(drawn: Drawn, slot: Slot): uPlot.Series {
  const { lines } = drawn.props();
  const stroke = strokes(lines, drawn.scheme)[slot.line] as Stroke;
  if (slot.part !== "value") return { width: 0, points: { show: false } };
  return {
    label: String(slot.line),
    width: stroke.width,
    dash: stroke.dash,
    stroke: () => shade(drawn, slot.line, stroke.colour),
    points: {
      size: 5,
      fill: () => shade(drawn, slot.line, stroke.colour),
      filter: (plot, index, show) => (show ? null : alone(plot.data[index] as (number | null)[])),
    },
  };
}

/** While one line is looked at, the others step back. */
function shade(drawn: Drawn, line: number, own: string): string {
  const focus = drawn.focus();
  if (focus === null) return own;
  if (focus !== line) return `${GREY[drawn.scheme]}70`;
  return own === GREY[drawn.scheme] ? colour("--w-text") : own;
}

function bands(slots: Slot[], looks: Stroke[]): uPlot.Band[] {
  return slots.flatMap((slot, index) =>
    slot.part === "low"
      ? [{ series: [index + 2, index + 1] as [number, number], fill: `${looks[slot.line]?.colour}26` }]
      : [],
  );
}

function cursor(drawn: Drawn, group: string | undefined): uPlot.Cursor {
  return {
    y: false,
    points: { size: 7, fill: (_: uPlot, index: number) => pointColour(drawn, index) },
    drag: { x: Boolean(drawn.props().onZoom), y: false, setScale: false, dist: 5 },
    ...(group ? { sync: synced(group) } : {}),
  };
}

function pointColour(drawn: Drawn, index: number): string {
  const slot = drawn.slots[index - 1];
  const look = strokes(drawn.props().lines, drawn.scheme)[slot?.line ?? 0];
  return slot?.part === "value" ? (look?.colour ?? "transparent") : "transparent";
}

/** Only the cursor is shared: each chart zooms by the page's range, not by its neighbours' mouse. */
function synced(key: string): uPlot.Cursor.Sync {
  const shared = (type: string) => type === "mousemove" || type === "mouseleave";
  return { key, setSeries: false, scales: ["x", null], filters: { pub: shared, sub: shared } };
}
