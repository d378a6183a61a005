// Keys: pages and the shell say which keys do what while they are there; `?` lists them. Single keys can be turned off
// (WCAG 2.1.4), those with Ctrl or Cmd stay. Sequences are two keys within a second, as in `g f`.
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** `p`, `g f`, `mod+k`, `shift+?`: a key as the browser names it; `mod` is Ctrl, on a Mac Cmd. */
  keys: string;
  what: string;
  act: () => void;
}

const SEQUENCE = 1_000; // ms
const groups = new Map<symbol, { title: string; shortcuts: Shortcut[] }>();
const watchers = new Set<() => void>();
let listed: { title: string; shortcuts: Shortcut[] }[] = [];
let singles = true;

function publish(): void {
  listed = [...groups.values()].filter((group) => group.shortcuts.length);
  for (const changed of watchers) changed();
}

/** Whether single keys do anything. */
export function allowSingleKeys(allowed: boolean): void {
  singles = allowed;
}

/** These keys do this while the component is there. */
export function useKeys(title: string, shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = JSON.stringify(shortcuts.map(({ keys, what }) => [keys, what]));
  useEffect(() => {
    const id = Symbol(title);
    const told = (JSON.parse(names) as [string, string][]).map(([keys, what]) => ({
      keys,
      what,
      act: () => latest.current.find((one) => one.keys === keys)?.act(),
    }));
    groups.set(id, { title, shortcuts: told });
    publish();
    return () => {
      groups.delete(id);
      publish();
    };
  }, [title, names]);
}

/** All keys that do something now, by where they come from. */
export function useListed(): { title: string; shortcuts: Shortcut[] }[] {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => listed,
  );
}

/** PURE: a key press as shortcuts write it, or "" for one that is none. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  if (event.altKey || ["Control", "Shift", "Alt", "Meta"].includes(event.key)) return "";
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/** PURE: whether typing goes into a field, where single keys are letters. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Hear the keyboard; once, by the shell. */
export function useKeyboard(): void {
  useEffect(() => {
    let first = { key: "", at: 0 };
    const press = (event: KeyboardEvent) => {
      const key = nameOf(event);
      const single = !key.startsWith("mod+");
      if (!key || event.defaultPrevented || (single && (!singles || isField(event.target)))) return;
      const sequence = event.timeStamp - first.at < SEQUENCE ? `${first.key} ${key}` : key;
      const all = [...groups.values()].reverse().flatMap((group) => group.shortcuts);
      const found = all.find((one) => one.keys === sequence) ?? all.find((one) => one.keys === key);
      first = found ? { key: "", at: 0 } : { key, at: event.timeStamp };
      if (!found) return;
      event.preventDefault();
      found.act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
