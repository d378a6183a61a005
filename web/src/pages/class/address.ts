// The state of a class's page is its address: which are shown, how and in which order, who is chosen, what is open.
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useMemo } from "react";
import { useLocation, useSearchParams } from "wouter";

export type View = "table" | "seats";
export type Tab = "answer" | "program" | "history" | "versus";

export interface Seen {
  find: string;
  states: string[];
  view: View;
  sort: string;
  selected: ReadonlySet<string>;
  /** Whose drawer is open. */
  who: string;
  tab: Tab;
  open: "" | "ask" | "people";
}

const TABS: readonly string[] = ["answer", "program", "history", "versus"];

/** PURE: what an address says; `view` is meant where it says none. */
export function read(search: URLSearchParams, view: View): Seen {
  const said = search.get("view");
  const tab = search.get("tab") ?? "";
  const open = search.get("open");
  return {
    find: search.get("find") ?? "",
    states: (search.get("state") ?? "").split(",").filter(Boolean),
    view: said === "table" || said === "seats" ? said : view,
    sort: search.get("sort") ?? "seat",
    selected: new Set(search.getAll("sel")),
    who: search.get("who") ?? "",
    tab: TABS.includes(tab) ? (tab as Tab) : "answer",
    open: open === "ask" || open === "people" ? open : "",
  };
}

/** PURE: the address with some of it changed; what is nothing, or as ever, is left out. */
export function written(search: URLSearchParams, change: Partial<Seen>): URLSearchParams {
  const next = new URLSearchParams(search);
  const said: Record<string, string | undefined> = {
    find: change.find,
    state: change.states?.join(","),
    view: change.view,
    sort: change.sort === "seat" ? "" : change.sort,
    who: change.who,
    tab: change.who === "" || change.tab === "answer" ? "" : change.tab,
    open: change.open,
  };
  for (const [name, text] of Object.entries(said)) {
    if (text) next.set(name, text);
    else if (text !== undefined) next.delete(name);
  }
  if (change.selected) {
    next.delete("sel");
    for (const user of change.selected) next.append("sel", user);
  }
  return next;
}

export function useSeen(): [Seen, (change: Partial<Seen>) => void] {
  const [search, setSearch] = useSearchParams();
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const seen = useMemo(() => read(search, narrow ? "seats" : "table"), [search, narrow]);
  const change = useCallback(
    (some: Partial<Seen>) => setSearch((before) => written(before, some), { replace: true }),
    [setSearch],
  );
  return [seen, change];
}

/** The class that the address names, "" where it names none. The router leaves some characters as they were sent. */
export function useClassName(): string {
  const [path] = useLocation();
  const place = path.split("/").length > 2 ? (location.pathname.split("/")[2] ?? "") : "";
  try {
    return decodeURIComponent(place);
  } catch {
    return place;
  }
}

/** PURE: the page of a class, or its wall. No name: everybody, whatever class they are in. */
export function classPlace(name: string, page: "class" | "projector" = "class"): string {
  return name ? `/${page}/${encodeURIComponent(name)}` : `/${page}?everybody=yes`;
}
