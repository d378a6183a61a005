// What the cursor of a chart stands on. The legend looks at it; a chart is not drawn anew when the cursor moves.
import { useSyncExternalStore } from "react";

export interface Reading {
  /** µs, or null where the cursor is outside. */
  at: number | null;
  /** Of each line; undefined where it has no value near. */
  values: (number | null | undefined)[];
}

const NOTHING: Reading = { at: null, values: [] };

export class Readout {
  /** Of the chart whose cursor moved last. */
  static latest: Readout | null = null;
  now: Reading = NOTHING;
  private readonly watchers = new Set<() => void>();

  set(reading: Reading = NOTHING): void {
    if (reading.at === null && this.now.at === null) return;
    this.now = reading;
    Readout.latest = this;
    for (const changed of this.watchers) changed();
  }

  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };
}

export function useReadout(readout: Readout): Reading {
  return useSyncExternalStore(readout.watch, () => readout.now);
}
