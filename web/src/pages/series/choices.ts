// PURE: what is chosen, as the address has it. Everything on the page follows from this.
import { isRange } from "~/parts/chart/range";

export type Grouping = "unit" | "node" | "name" | "each";

export interface Choices {
  /** Globs over NODE/NAME. */
  match: string[];
  /** Single series by number: those that differ only by their labels. */
  ids: number[];
  range: string;
  step: string;
  fn: string;
  group: Grouping;
  /** How long before to compare with, "" for nothing. */
  shift: string;
}

export const FUNCTIONS: { value: string; label: string }[] = [
  { value: "band", label: "Mean, least and most" },
  { value: "mean", label: "Mean" },
  { value: "max", label: "Most" },
  { value: "min", label: "Least" },
  { value: "last", label: "Last" },
  { value: "sum", label: "Sum" },
  { value: "count", label: "Count" },
  { value: "rate", label: "Rate (per second)" },
];
export const STEPS = ["auto", "raw", "1s", "10s", "1m", "5m", "15m", "1h", "6h", "1d"];
export const GROUPS: { value: Grouping; label: string }[] = [
  { value: "unit", label: "One chart per unit" },
  { value: "node", label: "One chart per node" },
  { value: "name", label: "One chart per name" },
  { value: "each", label: "One chart per series" },
];
export const SHIFTS: { value: string; label: string }[] = [
  { value: "", label: "Nothing" },
  { value: "1h", label: "One hour before" },
  { value: "1d", label: "The day before" },
  { value: "7d", label: "The week before" },
];

const MOST = 100; // globs in one question
const LONGEST = 300;

/** What an address chooses; what it says wrongly is left out. */
export function chosen(search: URLSearchParams): Choices {
  const one = (name: string) => search.get(name) ?? "";
  const range = one("range");
  return {
    match: search
      .getAll("match")
      .filter((glob) => glob && glob.length <= LONGEST)
      .slice(0, MOST),
    ids: search
      .getAll("id")
      .map(Number)
      .filter((id) => Number.isInteger(id) && id >= 0)
      .slice(0, MOST),
    range: isRange(range) ? range : "1h",
    step: /^(auto|raw|\d+[smhd])$/.test(one("step")) ? one("step") : "auto",
    fn: FUNCTIONS.some(({ value }) => value === one("fn")) ? one("fn") : "band",
    group: GROUPS.find(({ value }) => value === one("group"))?.value ?? "unit",
    shift: /^\d+[mhdw]$/.test(one("shift")) ? one("shift") : "",
  };
}

/** The address of choices: only what differs from what is usual. */
export function searchOf({ match, ids, range, step, fn, group, shift }: Choices): URLSearchParams {
  const search = new URLSearchParams();
  for (const glob of match) search.append("match", glob);
  for (const id of ids) search.append("id", String(id));
  if (range !== "1h") search.set("range", range);
  if (step !== "auto") search.set("step", step);
  if (fn !== "band") search.set("fn", fn);
  if (group !== "unit") search.set("group", group);
  if (shift) search.set("shift", shift);
  return search;
}

/** A name of the hub's as a glob that fits only itself. */
export function literal(text: string): string {
  return text.replace(/[[*?]/g, "[$&]");
}

/** What somebody typed as a glob: text without wildcards finds all that has it. */
export function asGlob(text: string): string {
  const typed = text.trim();
  if (!typed || /[*?[/]/.test(typed)) return typed;
  return `*${typed}*`;
}
