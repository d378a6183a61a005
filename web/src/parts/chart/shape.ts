// What a chart is given. Chart.tsx draws it; nothing here knows how.

/** One line of a chart. `value` has null where there is a gap; `low` and `high` are the band of what was gathered. */
export interface Line {
  /** Stays the same while the chart lives: a series' number, or anything else that tells lines apart. */
  id: string;
  /** How people tell it apart: `pi-11 · temperature`. Text of nodes, shown as text. */
  label: string;
  unit: string;
  at: number[]; // µs since 1970, ascending
  value: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  /** Drawn in grey behind the others: yesterday, or all but the chosen one. */
  faint?: boolean;
}

/** A remark on the time axis. */
export interface Mark {
  id: number;
  at: number;
  until?: number | null;
  text: string;
}

export interface ChartProps {
  /** Lines of one unit; each unit gets a chart of its own. */
  lines: Line[];
  /** What it shows, for screen readers and above its table. */
  title: string;
  /** The range in µs; what is live moves with `until`. */
  since: number;
  until: number;
  height?: number;
  /** Charts of one group share their cursor. */
  group?: string;
  /** Never above or below these: 0 and 100 for shares. */
  least?: number;
  most?: number;
  marks?: Mark[];
  /** Without it, dragging does not zoom. */
  onZoom?: (since: number, until: number) => void;
  /** Two quick clicks: what was shown before zooming. */
  onBack?: () => void;
  onMark?: (at: number) => void;
  /** A chart among many: no table, no legend, thin axes. */
  small?: boolean;
  /** On a wall: a legend to read, nothing to press. */
  still?: boolean;
}
