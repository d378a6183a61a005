// PURE: what the overview makes of rows: how many are in which state, what is wrong, which come first, and an order that
// is calm enough to be clicked.
import type { FleetRow, Problem } from "~/live/wire";

/** Worst first; also the order of the counts. */
export const STATUSES = ["down", "warn", "pending", "unknown", "up", "off"] as const;
export type StatusWord = (typeof STATUSES)[number];

export function rank(row: FleetRow): number {
  const place = STATUSES.indexOf(row.status as StatusWord);
  return place < 0 ? STATUSES.length : place;
}

/** How many rows are in each state; states without any are left out. */
export function counted(rows: Iterable<FleetRow>): { status: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...STATUSES].flatMap((status) => (counts.has(status) ? [{ status, count: counts.get(status) ?? 0 }] : []));
}

export interface Trouble {
  row: FleetRow;
  problems: Problem[];
}

/** Nodes with something wrong: those that are down first, then those with most, then by name. */
export function troubled(rows: Iterable<FleetRow>): Trouble[] {
  return [...rows]
    .filter((row) => row.problems.length && (row.status === "down" || row.status === "warn"))
    .sort((a, b) => rank(a) - rank(b) || b.problems.length - a.problems.length || byName(a, b))
    .map((row) => ({ row, problems: row.problems }));
}

const compare = new Intl.Collator("en", { numeric: true }).compare;

export function byName(a: FleetRow, b: FleetRow): number {
  return compare(a.name, b.name);
}

/** What stays where it is while somebody points at it: the order on the screen, without those gone, with the new ones
 * behind those that they should follow. */
export function calm(shown: readonly string[], wanted: readonly string[]): string[] {
  const there = new Set(wanted);
  const kept = shown.filter((name) => there.has(name));
  if (kept.length === wanted.length) return kept;
  const known = new Set(kept);
  const behind = new Map<string, string[]>();
  let last = "";
  for (const name of wanted) {
    if (known.has(name)) last = name;
    else behind.set(last, [...(behind.get(last) ?? []), name]);
  }
  return [...(behind.get("") ?? []), ...kept.flatMap((name) => [name, ...(behind.get(name) ?? [])])];
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}
