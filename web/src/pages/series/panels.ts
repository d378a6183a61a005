// PURE: which lines stand in which chart.
import { labelsOf, type Told } from "~/parts/chart/answer";
import type { Line } from "~/parts/chart/shape";
import type { Grouping } from "./choices";

export interface Panel {
  id: string;
  title: string;
  unit: string;
  lines: Line[];
  /** So many more lines are not drawn. */
  left: number;
}

const LINES = 100; // more in one chart nobody tells apart
const NAMED = 3; // names in a title
const BANDS = 4; // in more lines than these the bands hide each other

/** One chart for each unit of each group: two units never share an axis. `told` are the series of `lines`, in order. */
export function panels(lines: Line[], told: Told[], group: Grouping): Panel[] {
  const found = new Map<string, Panel>();
  lines.forEach((line, place) => {
    const one = told[place];
    if (!one) return;
    const of = { unit: "", node: one.node, name: one.name, each: "" }[group];
    const id = JSON.stringify([of, group === "each" ? line.id.split("<")[0] : "", line.unit]);
    const panel = found.get(id) ?? { id, title: of, unit: line.unit, lines: [], left: 0 };
    if (panel.lines.length < LINES) panel.lines.push(line);
    else panel.left += 1;
    found.set(id, panel);
  });
  const series = new Map(lines.map((line, place) => [line.id, told[place] as Told]));
  return [...found.values()].map((panel) => plain(named(titled(panel, series), series)));
}

function titled(panel: Panel, series: Map<string, Told>): Panel {
  const names = [...new Set(panel.lines.map((line) => series.get(line.id)?.name ?? ""))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return { ...panel, title: panel.title || names.slice(0, NAMED).join(", ") + more };
}

/** What all lines of a chart have in common stands above it, so their labels leave it out. */
function named(panel: Panel, series: Map<string, Told>): Panel {
  const labels = labelsOf(panel.lines.map((line) => series.get(line.id) as Told));
  const lines = panel.lines.map((line, place) => {
    const before = line.faint ? line.label.slice(line.label.lastIndexOf(" · ")) : "";
    return { ...line, label: (labels[place] as string) + before };
  });
  return { ...panel, lines };
}

function plain(panel: Panel): Panel {
  if (panel.lines.filter((line) => !line.faint).length <= BANDS) return panel;
  const lines = panel.lines.map(({ low: _, high: __, ...line }) => line);
  return { ...panel, lines };
}

/** Lines of so long before: grey, behind, and named so. */
export function earlier(lines: Line[], shift: string): Line[] {
  const words =
    { "1h": "one hour before", "1d": "the day before", "7d": "the week before" }[shift] ?? `${shift} before`;
  return lines.map(({ low: _, high: __, ...line }) => ({
    ...line,
    id: `${line.id}<${shift}`,
    label: `${line.label} · ${words}`,
    faint: true,
  }));
}
