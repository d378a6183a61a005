// PURE: several lines on one time axis, as uPlot wants them: one column of times and one for each line. null is a gap;
// undefined is a moment at which only another line has a value, and the line goes on through it.
import type { Line } from "./shape";

export type Column = (number | null | undefined)[];

/** A column of the chart: which line, and which of its numbers. */
export interface Slot {
  line: number;
  part: "value" | "low" | "high";
}

/** The columns after the times: the bands first, since they are drawn behind the lines. */
export function slots(lines: Line[]): Slot[] {
  const bands = lines.flatMap((one, line): Slot[] =>
    one.low && one.high
      ? [
          { line, part: "low" },
          { line, part: "high" },
        ]
      : [],
  );
  return [...bands, ...lines.map((_, line): Slot => ({ line, part: "value" }))];
}

/** The times (ms) and the columns of `slots`. */
export function aligned(lines: Line[]): [number[], ...Column[]] {
  const at = times(lines);
  const columns = slots(lines).map(({ line, part }) => {
    const one = lines[line] as Line;
    const numbers = one[part] ?? [];
    return one.at.length === at.length ? numbers : spread(at, one.at, numbers);
  });
  return [at.map((moment) => moment / 1000), ...columns];
}

/** All times of all lines (µs), ascending, each once. */
export function times(lines: Line[]): number[] {
  const first = lines[0]?.at ?? [];
  if (lines.every((one) => same(one.at, first))) return first;
  const all = new Float64Array(lines.reduce((sum, one) => sum + one.at.length, 0));
  let place = 0;
  for (const one of lines) {
    all.set(one.at, place);
    place += one.at.length;
  }
  all.sort();
  const once: number[] = [];
  for (const moment of all) if (moment !== once[once.length - 1]) once.push(moment);
  return once;
}

function same(one: number[], other: number[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let place = 0; place < one.length; place++) if (one[place] !== other[place]) return false;
  return true;
}

/** A gap reaches from value to value, whatever moments of others lie between. */
function spread(at: number[], own: number[], numbers: (number | null)[]): Column {
  const column: Column = new Array(at.length);
  let place = 0;
  let value = -1; // row of the last value
  let gap = false;
  for (let row = 0; row < at.length; row++) {
    const told = own[place] === at[row];
    const one = told ? numbers[place++] : undefined;
    if (one === null && !gap) column.fill(null, value + 1, row);
    if (told) gap = one === null;
    if (typeof one === "number") value = row;
    column[row] = gap ? null : one;
  }
  return column;
}

/** Rows of a column that stand alone between gaps: no line goes through them, so they are drawn as points. */
export function alone(column: Column): number[] {
  const rows: number[] = [];
  let before: number | null = null;
  let last = -1;
  let length = 0;
  const close = () => {
    if (length === 1) rows.push(last);
    length = 0;
  };
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (value === undefined) continue;
    if (value === null) close();
    else {
      length += 1;
      last = row;
    }
    before = value;
  }
  if (before !== null) close();
  return rows;
}
