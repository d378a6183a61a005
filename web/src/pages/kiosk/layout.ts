// PURE: how many charts stand beside each other on a wall, and how high each is.

const GAP = 12;
const AROUND = 100; // px of a card that are not the chart: title, legend, edges
const LEAST = 120;

export function layout(charts: number, width: number, height: number): { columns: number; chart: number } {
  const columns = charts > 2 && width >= 1000 ? (charts > 6 && width >= 1600 ? 3 : 2) : 1;
  const rows = Math.max(1, Math.ceil(charts / columns));
  return { columns, chart: Math.max(LEAST, Math.floor((height - (rows - 1) * GAP) / rows - AROUND)) };
}
