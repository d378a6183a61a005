// PURE: the addresses under which a node, and what belongs to it, is shown.
import { searchOf } from "~/api/client";

/** The page of a node, or one of its tabs. */
export function nodePlace(name: string, tab = ""): string {
  return `/nodes/${encodeURIComponent(name)}${tab && `/${tab}`}`;
}

/** Where a command for this target is written. */
export function runPlace(target: string): string {
  return `/run?${searchOf({ target })}`;
}
