// PURE: the bars of the histogram: how high, and which range a drag means.
import type { Bucket, Buckets } from "~/api/types";

/** From below: what is worst stands on the ground, where it is seen however small it is. */
export const STACK = ["error", "warn", "info", "debug"] as const;

export interface Bar {
  level: string;
  from: number;
  to: number;
}

/** The parts of one bar, as shares of the highest. A part that is there at all has at least `least`. */
export function parts(bucket: Bucket, highest: number, least = 0.04): Bar[] {
  const bars: Bar[] = [];
  let from = 0;
  for (const level of STACK) {
    const number = bucket.by[level] ?? 0;
    if (!number) continue;
    const to = Math.min(1, from + Math.max(least, number / Math.max(1, highest)));
    bars.push({ level, from, to });
    from = to;
  }
  return bars;
}

export function highestOf(counts: Bucket[]): number {
  return counts.reduce((most, one) => Math.max(most, one.total), 0);
}

/** The range of time (µs, end not included) from one bar to another, whichever is first. */
export function rangeOf(buckets: Buckets, a: number, b: number): [number, number] {
  const last = Math.max(0, buckets.counts.length - 1);
  const [from, to] = [Math.min(a, b), Math.max(a, b)].map((one) => Math.min(last, Math.max(0, one))) as [
    number,
    number,
  ];
  const begin = buckets.begin_us;
  return [begin + from * buckets.step_us, begin + (to + 1) * buckets.step_us];
}

/** In words, for those who do not see it. */
export function summary(buckets: Buckets): string {
  const sums = STACK.map(
    (level) => [level, buckets.counts.reduce((sum, one) => sum + (one.by[level] ?? 0), 0)] as const,
  );
  const total = buckets.counts.reduce((sum, one) => sum + one.total, 0);
  const said = sums.filter(([, sum]) => sum).map(([level, sum]) => `${sum.toLocaleString("en")} ${level}`);
  return total ? `${total.toLocaleString("en")} lines: ${said.join(", ")}` : "No lines";
}
