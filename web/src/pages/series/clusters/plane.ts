// PURE: a plane with two axes: where points lie, where the lines of the axes go, which point is under the cursor.

export interface Axis {
  low: number;
  high: number;
  /** Where the lines are. */
  ticks: number[];
}

/** Around these numbers, with round ends and about so many lines. */
export function axisOf(numbers: number[], lines = 6): Axis {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of numbers) {
    if (one < low) low = one;
    if (one > high) high = one;
  }
  if (!(high >= low)) return { low: 0, high: 1, ticks: [0, 1] };
  if (high === low) [low, high] = [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)];
  const step = nice((high - low) / lines);
  const from = Math.floor(low / step);
  const to = Math.ceil(high / step);
  const ticks = Array.from({ length: to - from + 1 }, (_, place) => Number(((from + place) * step).toPrecision(12)));
  return { low: ticks[0] as number, high: ticks[ticks.length - 1] as number, ticks };
}

function nice(step: number): number {
  const size = 10 ** Math.floor(Math.log10(step));
  return size * ([1, 2, 5].find((one) => one * size >= step) ?? 10);
}

export function along(axis: Axis, number: number): number {
  return (number - axis.low) / (axis.high - axis.low);
}

/** The row of the nearest point, all in pixels; null where none is within reach. */
export function nearest(x: number[], y: number[], at: [number, number], reach: number): number | null {
  let best: number | null = null;
  let least = reach * reach;
  for (let row = 0; row < x.length; row++) {
    const far = ((x[row] as number) - at[0]) ** 2 + ((y[row] as number) - at[1]) ** 2;
    if (far > least) continue;
    least = far;
    best = row;
  }
  return best;
}
