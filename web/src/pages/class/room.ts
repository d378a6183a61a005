// PURE: where seats stand: as in the room where their names say so (A1, B2 …), else one after the other.

export interface Spot {
  row: number;
  column: number;
}

const SEAT = /^([A-Za-z])[ -]?(\d{1,2})$/;
const MOST = 40; // rows or columns that are drawn as a room

/** Row and column of each seat, from 1; null unless every seat has a place of its own. */
export function roomOf(seats: string[]): Spot[] | null {
  const spots = seats.map((seat) => {
    const [, letter, number] = SEAT.exec(seat) ?? [];
    return letter && number ? { row: letter.toUpperCase().charCodeAt(0) - 64, column: Number(number) } : null;
  });
  const whole = spots.filter((spot): spot is Spot => spot !== null && spot.column >= 1 && spot.column <= MOST);
  const different = new Set(whole.map(({ row, column }) => `${row}.${column}`));
  return seats.length > 0 && different.size === seats.length ? whole : null;
}

export interface Point {
  x: number;
  y: number;
}

const WAYS: Record<string, Point> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};

/** Where a key leads from `here`: the nearest in that direction, those straight ahead first. -1: nowhere. */
export function across(key: string, here: number, points: readonly Point[]): number {
  if (key === "Home") return points.length ? 0 : -1;
  if (key === "End") return points.length - 1;
  const way = WAYS[key];
  const from = points[here];
  if (!way || !from) return -1;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  points.forEach((point, place) => {
    const ahead = (point.x - from.x) * way.x + (point.y - from.y) * way.y;
    const aside = Math.abs((point.x - from.x) * way.y) + Math.abs((point.y - from.y) * way.x);
    if (ahead > 0 && ahead + 3 * aside < least) {
      best = place;
      least = ahead + 3 * aside;
    }
  });
  return best;
}

/** What a seat is called where names are hidden: its own name, or its number in order. */
export function seatNames(seats: string[]): string[] {
  return seats.map((seat, place) => seat || `#${place + 1}`);
}
