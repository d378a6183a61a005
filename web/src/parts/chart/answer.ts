// PURE: the hub's answer of values → lines of a chart.
import { GAP } from "./gather";
import type { Line } from "./shape";

/** One series as the hub tells it, with `layout=columns` or with points. */
export interface Told {
  id: number;
  node: string;
  name: string;
  labels: Record<string, string>;
  unit: string;
  at?: number[] | null;
  value?: (number | null)[] | null;
  min?: (number | null)[] | null;
  max?: (number | null)[] | null;
  points?: (number | null)[][] | null;
}

export interface Values {
  step_us: number;
  series: Told[];
}

export function linesOf({ step_us, series }: Values): Line[] {
  const labels = labelsOf(series);
  return series.map((one, place) => {
    const columns = one.at ? { at: one.at, value: one.value ?? [] } : ofPoints(one.points ?? [], step_us);
    const band = one.min && one.max ? { low: one.min, high: one.max } : {};
    return { id: String(one.id), label: labels[place] as string, unit: one.unit, ...columns, ...band };
  });
}

function ofPoints(points: (number | null)[][], step: number): Pick<Line, "at" | "value"> {
  const at: number[] = [];
  const value: (number | null)[] = [];
  let before: number | undefined;
  for (const [moment, number] of points) {
    const now = moment as number;
    if (step && before !== undefined && now - before > GAP * step) {
      at.push(before + step);
      value.push(null);
    }
    at.push(now);
    value.push(number ?? null);
    before = now;
  }
  return { at, value };
}

interface Named {
  node: string;
  name: string;
  labels: Record<string, string>;
}

/** What tells these series apart: what all of them have in common is left out. */
export function labelsOf(series: Named[]): string[] {
  const nodes = new Set(series.map((one) => one.node)).size > 1;
  const labelled = series.length > 1 && series.every((one) => Object.keys(one.labels).length > 0);
  const names = new Set(series.map((one) => one.name)).size > 1 || (!nodes && !labelled);
  const keys = new Set(series.map((one) => Object.keys(one.labels).sort().join(", ")).filter(Boolean));
  return series.map((one) => {
    const own = [...(nodes ? [one.node] : []), ...(names ? [one.name] : [])];
    const labels = Object.entries(one.labels).map(([name, text]) => (keys.size > 1 ? `${name}=${text}` : text));
    return [...own, ...labels].join(" · ");
  });
}
