// PURE: where labels go so that none lies on another, and how they are cut. What cannot be seen in them is made visible.
import { visible } from "~/look/raw";

/** Heights near those wanted, at least `apart` from each other and between `top` and `bottom`, in the order given. */
export function places(wanted: number[], apart: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed = [...wanted];
  let free = top;
  for (const index of order) {
    placed[index] = Math.max(free, placed[index] as number);
    free = (placed[index] as number) + apart;
  }
  let limit = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(limit, placed[index] as number);
    limit = (placed[index] as number) - apart;
  }
  return placed;
}

/** A text of at most so many characters. */
export function cut(text: string, most: number): string {
  const seen = visible(text);
  return seen.length > most ? `${seen.slice(0, most - 1)}…` : seen;
}

/** The same, with both ends: names often differ only at their end. */
export function cutMiddle(text: string, most: number): string {
  const seen = visible(text);
  if (seen.length <= most) return seen;
  const end = Math.floor((most - 1) * 0.55);
  return `${seen.slice(0, most - 1 - end)}…${seen.slice(-end)}`;
}
