// The state of the overview is its address: filter, states, view, order, selection and which drawer is open.
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { told } from "~/look/tell";
import { fold, unfold } from "~/parts/target/names";
import { usePreferences } from "~/shell/preferences";

export type View = "cards" | "table" | "seats";
export type Adding = "machine" | "board" | "waiting";

export interface Seen {
  find: string;
  status: string[];
  view: View;
  /** A column's name, with - before it for the largest first; "": the worst first. */
  sort: string;
  selected: ReadonlySet<string>;
  add: Adding | null;
}

const VIEWS: readonly string[] = ["cards", "table", "seats"];
const ADDING: readonly string[] = ["machine", "board", "waiting"];
const LONGEST = 6_000; // characters of an address that every browser and the hub take

/** PURE: what an address says. */
export function read(search: URLSearchParams, view: View): Seen {
  const said = search.get("view") ?? "";
  const add = search.get("add") ?? "";
  return {
    find: search.get("find") ?? "",
    status: (search.get("status") ?? "").split(",").filter(Boolean),
    view: VIEWS.includes(said) ? (said as View) : view,
    sort: search.get("sort") ?? "",
    selected: new Set(unfold(search.get("sel") ?? "")),
    add: ADDING.includes(add) ? (add as Adding) : null,
  };
}

/** PURE: the address with some of it changed; what is nothing is left out. */
export function written(search: URLSearchParams, change: Partial<Seen>): URLSearchParams {
  const next = new URLSearchParams(search);
  const texts: Record<string, string | null | undefined> = {
    find: change.find,
    status: change.status?.join(","),
    view: change.view,
    sort: change.sort,
    sel: change.selected && fold(change.selected),
    add: change.add,
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text) next.set(name, text);
    else if (text !== undefined) next.delete(name);
  }
  return next;
}

export function useSeen(): [Seen, (change: Partial<Seen>) => void] {
  const [search, setSearch] = useSearchParams();
  const [{ fleetView }] = usePreferences();
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const view = narrow && fleetView === "table" ? "cards" : fleetView;
  const seen = useMemo(() => read(search, view), [search, view]);
  const change = useCallback(
    (some: Partial<Seen>) => {
      setSearch(
        (before) => {
          const next = written(before, some);
          if (next.toString().length <= LONGEST) return next;
          told("So many different names do not fit into an address; filter by a tag, and select all of them.");
          return before;
        },
        { replace: true },
      );
    },
    [setSearch],
  );
  return [seen, change];
}
