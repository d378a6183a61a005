// PURE: the last course of one person's hardware through the states, out of their history.
import type { Transition } from "~/api/types";
import { microseconds } from "~/look/words";

export const NAMES = ["rest", "requested", "collected", "returned"];

export interface Step {
  state: number;
  /** How long it took to come to this state, µs; null for the first. */
  after: number | null;
}

/** The steps since the program was last requested. `moves` are newest first, as the hub tells them. */
export function lastCourse(moves: Transition[]): Step[] {
  const begin = moves.findIndex((move) => move.after === 1);
  if (begin < 0) return [];
  const steps = moves.slice(0, begin + 1).reverse();
  return steps.map((move, place) => {
    const before = steps[place - 1];
    return { state: move.after, after: before ? microseconds(move.at) - microseconds(before.at) : null };
  });
}

/** A short time with one decimal: `0.2 s`, `8.8 s`, `95 s`. */
export function seconds(us: number): string {
  const length = us / 1e6;
  return `${length < 60 ? length.toFixed(1) : Math.round(length)} s`;
}
