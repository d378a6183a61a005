// What is drawn on a chart beside its lines: the unit, notes on the time axis, and each line's name at its end.
import type uPlot from "uplot";
import { colour, font } from "./ink";
import type { Drawn } from "./options";
import { COLOURED, strokes } from "./palette";
import { cut, cutMiddle, places } from "./places";
import type { Mark } from "./shape";

const ROW = 15; // px between two labels

export function overlay(drawn: Drawn, unit: string): uPlot.Hooks.Arrays {
  return {
    drawAxes: [(plot) => notes(plot, drawn.props().marks ?? [], Boolean(drawn.props().small))],
    draw: [
      (plot) => {
        if (unit && !drawn.props().small) unitAbove(plot, unit);
        if (endRoom(plot) > 40) ends(plot, drawn);
      },
    ],
  };
}

function endRoom(plot: uPlot): number {
  return plot.width - plot.over.offsetLeft - plot.over.clientWidth;
}

/** Draws with CSS pixels of the plotting area's corner as origin. */
function drawing(plot: uPlot, act: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.translate(bbox.left, bbox.top);
  ctx.scale(ratio, ratio);
  ctx.font = font();
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  act(ctx);
  ctx.restore();
}

function unitAbove(plot: uPlot, unit: string): void {
  drawing(plot, (context) => {
    context.fillStyle = colour("--w-dim");
    context.textAlign = "right";
    context.fillText(cut(unit, 12), -8, -11);
  });
}

function notes(plot: uPlot, marks: Mark[], small: boolean): void {
  const { height } = plot.over.getBoundingClientRect();
  drawing(plot, (context) => {
    let free = -100;
    for (const mark of marks) {
      const x = plot.valToPos(mark.at / 1000, "x");
      const end = mark.until ? plot.valToPos(mark.until / 1000, "x") : x;
      const width = plot.over.clientWidth;
      if (end < 0 || x > width) continue;
      note(context, [Math.max(0, x), Math.min(width, end)], height);
      if (small || x < free || x < 0) continue;
      const text = cut(mark.text, 28);
      context.fillStyle = colour("--w-dim");
      if (x + context.measureText(text).width < width) context.fillText(text, x + 6, -9);
      free = x + context.measureText(text).width + 12;
    }
  });
}

function note(context: CanvasRenderingContext2D, [x, end]: [number, number], height: number): void {
  context.fillStyle = colour("--w-off-soft");
  if (end > x) context.fillRect(x, 0, end - x, height);
  context.strokeStyle = colour("--w-control");
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(x, -4);
  context.lineTo(x, height);
  context.stroke();
  context.fillStyle = colour("--w-dim");
  context.beginPath();
  context.moveTo(x - 4, -14);
  context.lineTo(x + 4, -14);
  context.lineTo(x, -5);
  context.fill();
}

/** The names of the coloured lines, or of the one that is looked at, where they end. */
function ends(plot: uPlot, drawn: Drawn): void {
  const { lines } = drawn.props();
  const looks = strokes(lines, drawn.scheme);
  const focus = drawn.focus();
  let coloured = 0;
  const shown = drawn.slots.flatMap((slot, place) => {
    const index = place + 1;
    if (slot.part !== "value" || lines[slot.line]?.faint) return [];
    coloured += 1;
    const named = focus === null ? coloured <= COLOURED : slot.line === focus;
    if (!named || !plot.series[index]?.show) return [];
    const height = lastHeight(plot, index);
    return height === null ? [] : [{ line: slot.line, height }];
  });
  const wanted = shown.map((one) => one.height);
  const placed = places(wanted, ROW, 4, plot.over.clientHeight - 4);
  drawing(plot, (context) => {
    shown.forEach(({ line }, index) => {
      context.fillStyle = looks[line]?.colour ?? colour("--w-dim");
      context.fillText(cutMiddle(lines[line]?.label ?? "", 20), plot.over.clientWidth + 8, placed[index] as number);
    });
  });
}

function lastHeight(plot: uPlot, index: number): number | null {
  const column = plot.data[index] as (number | null | undefined)[];
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const times = plot.data[0];
  for (let row = column.length - 1; row >= 0; row--) {
    const value = column[row];
    const at = times[row] as number;
    if (value === null || value === undefined || at > (max ?? 0)) continue;
    if (at < (min ?? 0)) return null;
    return Math.min(plot.over.clientHeight, Math.max(0, plot.valToPos(value, "y")));
  }
  return null;
}
