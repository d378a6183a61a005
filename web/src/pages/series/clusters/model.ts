// PURE: clusters as people tell them apart: by their averages.
import type { Cluster } from "~/api/types";
import { count, value } from "~/look/words";

/** Events that are near no cluster. */
export const NONE = -1;

export interface Named extends Cluster {
  name: string;
  /** Its share of all events, 0 to 1. */
  share: number;
  /** Which colour and shape it has; -1 for those that belong to none. */
  place: number;
}

export const AVERAGES: { field: keyof Cluster; label: string; unit: string }[] = [
  { field: "avg_power_active_w", label: "Active power", unit: "W" },
  { field: "avg_power_reactive_var", label: "Reactive power", unit: "var" },
  { field: "avg_power_apparent_va", label: "Apparent power", unit: "VA" },
  { field: "avg_line_current_a", label: "Current", unit: "A" },
  { field: "avg_line_voltage_v", label: "Voltage", unit: "V" },
];

/** The largest first, those of no cluster last. */
export function named(clusters: Cluster[]): Named[] {
  const all = clusters.reduce((sum, one) => sum + one.count, 0) || 1;
  const names = namesOf(clusters);
  return clusters
    .map((one, index) => ({ ...one, name: names[index] as string, share: one.count / all }))
    .sort((a, b) => Number(a.label === NONE) - Number(b.label === NONE) || b.count - a.count)
    .map((one, index) => ({ ...one, place: one.label === NONE ? NONE : index }));
}

/** By active power; where that is not enough also by current, then by reactive power, then by number. */
function namesOf(clusters: Cluster[]): string[] {
  const words = clusters.map((one) => [
    value(one.avg_power_active_w, "W"),
    value(one.avg_line_current_a, "A"),
    value(one.avg_power_reactive_var, "var"),
    `no. ${one.label}`,
  ]);
  return clusters.map((one, index) => {
    if (one.label === NONE) return "in no cluster";
    for (let many = 1; many < 4; many++) {
      const name = (words[index] as string[]).slice(0, many).join(" · ");
      const same = words.filter((other, place) => clusters[place]?.label !== NONE && named1(other, many) === name);
      if (same.length === 1) return name;
    }
    return (words[index] as string[]).join(" · ");
  });
}

function named1(words: string[], many: number): string {
  return words.slice(0, many).join(" · ");
}

/** `power_active_w` → `Active power`, as people say it. */
export function featureText(name: string): string {
  const known: Record<string, string> = {
    power_active_w: "Active power",
    power_reactive_var: "Reactive power",
    power_apparent_va: "Apparent power",
    line_current_a: "Current",
    line_voltage_v: "Voltage",
    peak_1: "First peak",
    peak_2: "Second peak",
    peak_3: "Third peak",
  };
  return known[name] ?? name.replaceAll("_", " ");
}

/** The result in one sentence. */
export function inWords(clusters: Named[]): string {
  const found = clusters.filter((one) => one.label !== NONE);
  const told = found.slice(0, 8).map((one) => `${one.name}: ${count(one.count, "event")}`);
  return `${count(found.length, "cluster")}. ${told.join("; ")}.`;
}
