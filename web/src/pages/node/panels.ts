// PURE: which charts a node's series make: those of one kind and unit together, what people look at first before the rest.
import type { SeriesInfo } from "~/api/types";
import { visible } from "~/look/raw";

export interface Panel {
  title: string;
  series: SeriesInfo[];
  least?: number;
  most?: number;
}

interface Known {
  title: string;
  names: string[];
  least?: number;
  most?: number;
  /** Only the series of the whole machine, without a label. */
  whole?: boolean;
}

const SHARE = { least: 0, most: 100 };
const FIRST: Known[] = [
  { title: "Processor", names: ["cpu.percent"], whole: true, ...SHARE },
  { title: "Memory and swap", names: ["memory.used_percent", "swap.used_percent"], ...SHARE },
  { title: "Network", names: ["network.received_bytes_per_s", "network.sent_bytes_per_s"], least: 0 },
  { title: "Temperature", names: ["temperature.celsius"] },
  { title: "Disk traffic", names: ["diskio.read_bytes_per_s", "diskio.written_bytes_per_s"], least: 0 },
  { title: "Load", names: ["load.1m", "load.5m"], least: 0 },
];
/** Shown elsewhere on the page, or of no use as a curve. */
const ELSEWHERE =
  /^(disk|cpu|memory|swap|network|diskio|load|uptime|clock|packages|system|ports|usb|processes|people)\./;
const MOST_LINES = 6;

/** The charts of a machine: the usual ones that it tells, then each other collector's. */
export function panels(series: SeriesInfo[]): Panel[] {
  const usual = FIRST.map((known) => usualPanel(known, series)).filter((panel) => panel.series.length);
  const taken = new Set(usual.flatMap((panel) => panel.series.map((one) => one.id)));
  const rest = series.filter((one) => !taken.has(one.id) && !ELSEWHERE.test(one.name));
  return [...usual, ...others(rest)];
}

function usualPanel({ title, names, whole, ...bounds }: Known, series: SeriesInfo[]): Panel {
  const found = series.filter((one) => names.includes(one.name) && !(whole && Object.keys(one.labels).length));
  return { title, series: found.slice(0, MOST_LINES), ...bounds };
}

/** One chart for each name and unit; `temperature` of a board is a chart, `rain.mm` of a drop-in another. */
function others(series: SeriesInfo[]): Panel[] {
  const groups = new Map<string, SeriesInfo[]>();
  for (const one of series) {
    const key = `${one.name}\n${one.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((found) => ({
    title: titleOf((found[0] as SeriesInfo).name),
    series: found.slice(0, MOST_LINES),
    ...(found[0]?.unit === "%" ? SHARE : {}),
  }));
}

function titleOf(name: string): string {
  const words = visible(name).replaceAll(/[._]/g, " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export interface DiskUse {
  mount: string;
  used: number;
  free: number | null;
  total: number | null;
  id: number;
}

/** Each file system by itself, the fullest first. */
export function disks(series: SeriesInfo[]): DiskUse[] {
  const of = (name: string, mount: string) =>
    series.find((one) => one.name === name && one.labels.mount === mount)?.value ?? null;
  return series
    .filter((one) => one.name === "disk.used_percent" && one.value !== null)
    .map((one) => {
      const mount = one.labels.mount ?? "";
      return {
        mount,
        used: one.value as number,
        free: of("disk.free_bytes", mount),
        total: of("disk.total_bytes", mount),
        id: one.id,
      };
    })
    .sort((a, b) => b.used - a.used);
}

/** Names and labels of a series as people tell it apart. */
export function labelOf(series: Pick<SeriesInfo, "name" | "labels">): string {
  const told = Object.entries(series.labels).map(([name, value]) => `${name}=${value}`);
  return visible(told.length ? `${series.name} {${told.join(", ")}}` : series.name);
}
