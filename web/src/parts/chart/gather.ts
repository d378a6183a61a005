// PURE: readings that arrive are put behind what history answered. Where points stand for steps they are gathered into the
// current step, so that the curve goes on moving; the next answer of history replaces what was gathered here.
import type { Line } from "./shape";

/** How many times the usual distance is a gap; the hub breaks lines at the same (src/wacket/api/drawn.py). */
export const GAP = 3;

/** A line that grows. */
export interface Growing extends Line {
  /** How many readings are in its last point. */
  weight: number;
  /** The usual distance of two readings, µs; 0 while it is not known. */
  usual: number;
}

/** A copy: the answer that it came from is kept, and others may look at it. */
export function growing(line: Line, step: number): Growing {
  const band = line.low && line.high ? { low: [...line.low], high: [...line.high] } : {};
  const columns = { at: [...line.at], value: [...line.value], ...band };
  return { ...line, ...columns, weight: 1, usual: Math.max(step, usual(line.at)) };
}

/** The middle of the distances of the last points. */
export function usual(at: number[]): number {
  const apart: number[] = [];
  for (let row = Math.max(1, at.length - 50); row < at.length; row++) {
    apart.push((at[row] as number) - (at[row - 1] as number));
  }
  apart.sort((a, b) => a - b);
  return apart[apart.length >> 1] ?? 0;
}

/** Put one reading behind; false for one that is not newer than all, which is here already or must be asked for. */
export function gather(line: Growing, at: number, value: number, step: number, fn: string): boolean {
  const moment = step ? Math.floor(at / step) * step : at;
  const last = line.at[line.at.length - 1] ?? Number.NEGATIVE_INFINITY;
  if (moment < last || (!step && moment === last)) return false;
  if (moment === last) join(line, value, fn);
  else follow(line, moment, value);
  return true;
}

function join(line: Growing, value: number, fn: string): void {
  const row = line.at.length - 1;
  const before = line.value[row] ?? value;
  line.weight += 1;
  line.value[row] = joined(before, value, line.weight, fn);
  if (!line.low || !line.high) return;
  line.low[row] = Math.min(line.low[row] ?? value, value);
  line.high[row] = Math.max(line.high[row] ?? value, value);
}

function joined(before: number, value: number, weight: number, fn: string): number {
  if (fn === "min") return Math.min(before, value);
  if (fn === "max") return Math.max(before, value);
  if (fn === "last") return value;
  if (fn === "first") return before;
  if (fn === "sum") return before + value;
  if (fn === "count") return before + 1;
  return before + (value - before) / weight;
}

function follow(line: Growing, moment: number, value: number): void {
  const last = line.at[line.at.length - 1];
  if (last !== undefined && line.usual && moment - last > GAP * line.usual) push(line, last + line.usual, null);
  push(line, moment, value);
  line.weight = 1;
  if (!line.usual && line.at.length > 3) line.usual = usual(line.at);
}

function push(line: Growing, at: number, value: number | null): void {
  line.at.push(at);
  line.value.push(value);
  line.low?.push(value);
  line.high?.push(value);
}

/** Forget what is before `since`, but for the last point before it, from which the line comes into view. */
export function trim(line: Growing, since: number): void {
  let rows = 0;
  while (rows + 1 < line.at.length && (line.at[rows + 1] as number) < since) rows += 1;
  if (rows < 64) return; // moving all of a long line costs more than a few points that nobody sees
  for (const column of [line.at, line.value, line.low, line.high]) column?.splice(0, rows);
}
