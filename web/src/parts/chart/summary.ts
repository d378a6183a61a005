// PURE: a chart in words, for those who do not see it.
import { clockTime, value } from "~/look/words";
import { cut } from "./places";
import type { Line, Mark } from "./shape";

const MOST = 12;

/** One sentence for each line: from where to where, the last, and where it goes; then the notes. */
export function summary(lines: Line[], marks: Mark[] = []): string {
  const told = lines.slice(0, MOST).map(sentence);
  if (lines.length > MOST) told.push(`And ${lines.length - MOST} more.`);
  if (marks.length) told.push(`Notes: ${marks.slice(0, MOST).map(noted).join("; ")}.`);
  return told.join(" ") || "Nothing to show.";
}

function noted(mark: Mark): string {
  return `${clockTime(mark.at).slice(0, 8)} ${cut(mark.text, 60)}`;
}

function sentence(line: Line): string {
  const known = line.value.filter((one) => one !== null);
  const last = known[known.length - 1];
  if (last === undefined) return `${cut(line.label, 80)}: no data.`;
  let [least, most] = [last, last];
  for (const one of known) {
    if (one < least) least = one;
    if (one > most) most = one;
  }
  const span = `${value(least)} to ${value(most, line.unit)}`;
  return `${cut(line.label, 80)}: ${span}, last ${value(last, line.unit)}, ${trend(known, most - least)}.`;
}

/** Compares the means of the first and the last quarter; less than a tenth of the span is steady. */
export function trend(values: number[], span: number): "rising" | "falling" | "steady" {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const change = mean(values.slice(-quarter)) - mean(values.slice(0, quarter));
  if (Math.abs(change) <= span * 0.1) return "steady";
  return change > 0 ? "rising" : "falling";
}

function mean(values: number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
