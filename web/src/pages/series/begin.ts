// PURE: names of series in families, so that a hundred of them can be looked over.
import type { SeriesName } from "~/api/types";

export interface Family {
  title: string;
  names: SeriesName[];
}

const LEAST = 3; // names that make a family

/** What stands alone comes first: it is what boards and sensors say. Then `cpu.…`, `disk.…`, by their first word. */
export function families(names: SeriesName[]): Family[] {
  const by = new Map<string, SeriesName[]>();
  for (const one of names) {
    const word = one.name.includes(".") ? (one.name.split(".")[0] as string) : "";
    by.set(word, [...(by.get(word) ?? []), one]);
  }
  const large = [...by].filter(([word, some]) => word && some.length >= LEAST);
  const alone = names
    .filter((one) => !large.some(([, some]) => some.includes(one)))
    .sort((a, b) => Number(a.name.includes(".")) - Number(b.name.includes(".")));
  const rest = large.map(([title, some]) => ({ title, names: some })).sort((a, b) => (a.title < b.title ? -1 : 1));
  return alone.length ? [{ title: "Sensors and programs", names: alone }, ...rest] : rest;
}
