// Logs: filters, lines over time, and the lines. A page of its own, and part of a node's page.
import { Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { memo, useMemo } from "react";
import { useLocation, useSearchParams } from "wouter";
import { CopyLine } from "~/parts/Copy";
import { Empty } from "~/parts/States";
import { usePreferences } from "~/shell/preferences";
import { type Acts, hiding, narrowed } from "./acts";
import { useCounts } from "./asking";
import { iso } from "./feed";
import { addressed, type Filter, filterOf, finder, isLive, query } from "./filter";
import { CountsTable, Histogram } from "./Histogram";
import classes from "./logs.module.css";
import type { Look } from "./Row";
import { Stream } from "./Stream";
import { useNarrow } from "./scrolling";
import { Toolbar } from "./Toolbar";
import { Tools } from "./Tools";

const NOBODY: string[] = [];

interface Props {
  /** Only of these nodes, whatever the filters say. */
  nodes?: string[];
}

export function LogView({ nodes = NOBODY }: Props) {
  const { filter, change, acts } = useFiltered();
  const [preferences] = usePreferences();
  const look = useLook(filter, nodes.length === 1);
  const [more, { toggle }] = useDisclosure(false);
  const narrow = useNarrow();
  return (
    <div className={classes.view} data-within={nodes.length > 0 || undefined}>
      <Toolbar
        filter={filter}
        fixed={nodes.length > 0}
        utc={preferences.utc}
        change={change}
        all={!narrow || more}
        {...(narrow ? { toggle } : {})}
      />
      {preferences.logs.includes("bars") && (
        <Bars filter={filter} nodes={nodes} utc={preferences.utc} change={change} />
      )}
      <Stream
        filter={filter}
        nodes={nodes}
        look={look}
        acts={acts}
        change={change}
        tools={(!narrow || more) && <Tools filter={filter} nodes={nodes} />}
        empty={<FirstLine />}
      />
    </div>
  );
}

/** The filter in the address, how it is changed, and what lines can do to it. */
function useFiltered(): { filter: Filter; change: (some: Partial<Filter>) => void; acts: Acts } {
  const [search, setSearch] = useSearchParams();
  const [, go] = useLocation();
  const text = search.toString();
  return useMemo(() => {
    const filter = filterOf(new URLSearchParams(text));
    const change = (some: Partial<Filter>) =>
      setSearch((before) => addressed({ ...filterOf(before), ...some }, before), { replace: true });
    const acts: Acts = {
      around: (line) => go(`/logs/${line.id}${text && `?${text}`}`),
      only: (line, trait) => setSearch(addressed(narrowed(filter, line, trait), new URLSearchParams(text))),
      hide: (line, trait) => setSearch(addressed(hiding(filter, line, trait), new URLSearchParams(text))),
    };
    return { filter, change, acts };
  }, [text, setSearch, go]);
}

/** How rows look, by what the person likes and what is looked for. */
export function useLook(filter: Filter, oneNode: boolean): Look {
  const [{ utc, wrap, logs }] = usePreferences();
  const { find, how } = filter;
  const shown = logs.join();
  return useMemo(() => {
    const has = (one: string) => shown.split(",").includes(one);
    const hits = finder({ find, how });
    return { utc, wrap, node: has("node") && !oneNode, source: has("source"), dates: has("dates"), hits };
  }, [utc, wrap, shown, oneNode, find, how]);
}

interface Counted {
  filter: Filter;
  nodes: string[];
  utc: boolean;
  change: (some: Partial<Filter>) => void;
}

const Bars = memo(function Bars({ filter, nodes, utc, change }: Counted) {
  const [table, { toggle }] = useDisclosure(false);
  const counts = useCounts(query(filter, nodes), 90, isLive(filter));
  if (!counts.data?.counts.length) return null;
  const range = (from: number, to: number) => change({ since: iso(from), until: iso(to) });
  return (
    <>
      <Histogram of={counts.data} utc={utc} onRange={range}>
        <button type="button" className={classes.plain} aria-expanded={table} onClick={toggle}>
          {table ? "Hide the numbers" : "As numbers"}
        </button>
      </Histogram>
      <Collapse expanded={table}>{table && <CountsTable of={counts.data} utc={utc} onRange={range} />}</Collapse>
    </>
  );
});

function FirstLine() {
  const line = `printf 'hello from %s\\n' "$(hostname)" | nc -q1 ${location.hostname} 8090`;
  return (
    <Empty title="No log line has arrived yet">
      <span>Machines with an agent send theirs by themselves. Any other can send one like this:</span>
      <CopyLine text={line} />
    </Empty>
  );
}
