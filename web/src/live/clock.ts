// The hub's time on the screen: one timer for all ages. Ages are counted by the hub's clock, since a browser's may be off.
import { useSyncExternalStore } from "react";
import { hub } from "./hub";

const TICK = 1_000;
const watchers = new Set<() => void>();
let now = hub.hubNow();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(changed: () => void): () => void {
  watchers.add(changed);
  if (timer === undefined) {
    now = hub.hubNow();
    timer = setInterval(tick, TICK);
  }
  return () => {
    watchers.delete(changed);
    if (watchers.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = hub.hubNow();
  for (const one of watchers) one();
}

/** Now in µs of the hub's clock, anew each second. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** What follows from now, such as an age in words; draws anew only when that is another. */
export function useOfNow<T extends string | number | boolean>(of: (now: number) => T): T {
  return useSyncExternalStore(watch, () => of(now));
}

/** Now in µs, without being told when it has passed. */
export function hubNow(): number {
  return hub.hubNow();
}
