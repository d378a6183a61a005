// What can be done with a line: to see it elsewhere, or to narrow what is seen by it.
import type { Filter } from "./filter";
import { without } from "./filter";
import { type Line, levelOf } from "./line";

export type Trait = "node" | "level" | "source";

export interface Acts {
  around(line: Line): void;
  only(line: Line, trait: Trait): void;
  hide(line: Line, trait: "node" | "source"): void;
}

/** PURE: the filter that has only lines like this one. */
export function narrowed(filter: Filter, line: Line, trait: Trait): Filter {
  if (trait === "node") return { ...filter, on: line.node };
  if (trait === "level") return { ...filter, level: levelOf(line.severity) };
  return { ...filter, source: line.source, hide: [] };
}

/** PURE: the filter without lines like this one. */
export function hiding(filter: Filter, line: Line, trait: "node" | "source"): Filter {
  if (trait === "node") return { ...filter, on: without(filter.on, line.node) };
  return { ...filter, source: "", hide: [...new Set([...filter.hide, line.source])] };
}
