// The place at a glance: how many are how, what is wrong, all nodes, and what can be done with those selected.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useMemo, useRef } from "react";
import { useMay } from "~/api/me";
import { useFleet } from "~/live/fleet";
import { PageHead } from "~/parts/PageHead";
import { Trouble, Wait } from "~/parts/States";
import { SavedViews } from "~/parts/views/SavedViews";
import { type Seen, useSeen } from "./address";
import { Body, NothingFits } from "./Body";
import { BulkBar } from "./BulkBar";
import { useful } from "./columns";
import { Counts, FilterBox, Views } from "./Filter";
import { First } from "./First";
import classes from "./fleet.module.css";
import { Problems } from "./Problems";
import { counted, troubled } from "./rows";
import { useCalm, useSorted } from "./useOrder";
import { useWalk } from "./walk";

const AddDrawer = lazy(() => import("./add/AddDrawer"));
const WaitingBanner = lazy(() => import("./add/WaitingBanner"));

export default function Fleet() {
  const { rows, ready, trouble } = useFleet();
  const [seen, change] = useSeen();
  const operates = useMay("operate");
  const counts = useMemo(() => counted(rows.values()), [rows]);
  return (
    <>
      <PageHead
        title="Fleet"
        name="Fleet"
        actions={
          operates && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => change({ add: "machine" })}>
              Add a machine
            </Button>
          )
        }
      >
        <Counts counts={counts} seen={seen} change={change} />
      </PageHead>
      {trouble && !ready && <Trouble error={new Error(trouble)} />}
      {!ready && !trouble && <Wait what="Asking for the nodes" />}
      <Suspense>
        {ready && operates && <WaitingBanner open={() => change({ add: "waiting" })} />}
        {seen.add && <AddDrawer adding={seen.add} change={change} />}
      </Suspense>
      {ready && <Nodes seen={seen} change={change} rows={rows} />}
    </>
  );
}

interface Props {
  seen: Seen;
  change: (some: Partial<Seen>) => void;
  rows: ReturnType<typeof useFleet>["rows"];
}

function Nodes({ seen, change, rows }: Props) {
  const wanted = useSorted(rows, seen);
  const { names, held, hold, now } = useCalm(wanted, `${seen.find}|${seen.status}|${seen.sort}|${seen.view}`);
  const select = useSelect(names, seen.selected, change);
  const selectAll = useCallback(() => {
    const all = names.every((name) => seen.selected.has(name));
    change({ selected: new Set(all ? [] : [...seen.selected, ...names]) });
  }, [names, seen.selected, change]);
  const walk = useWalk(names, select);
  const troubles = useMemo(() => troubled(rows.values()), [rows]);
  const columns = useUseful(rows);
  const sort = useCallback((by: string) => change({ sort: by }), [change]);
  return (
    <>
      {!seen.find && !seen.status.length && <Problems troubles={troubles} />}
      <div className={classes.controls}>
        <FilterBox seen={seen} change={change} />
        <Views seen={seen} change={change} />
        <SavedViews page="fleet" place="/" passing={["sel", "add"]} />
        <span className="w-dim" role="status">
          {names.length < rows.size && `${names.length} of ${rows.size} nodes`}
        </span>
        {held && (
          <Button size="compact-sm" variant="default" onClick={now}>
            Sort anew
          </Button>
        )}
      </div>
      {rows.size <= 1 && <First change={change} />}
      {!names.length && rows.size > 0 && <NothingFits clear={() => change({ find: "", status: [] })} />}
      <div onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
        <Body
          view={seen.view}
          names={names}
          sort={seen.sort}
          onSort={sort}
          selected={seen.selected}
          onSelect={select}
          onSelectAll={selectAll}
          walk={walk}
          columns={columns}
        />
      </div>
      <BulkBar selected={seen.selected} shown={names} clear={() => change({ selected: new Set() })} />
    </>
  );
}

/** The same list while the same columns have something to say, so that rows need not be drawn anew. */
function useUseful(rows: Props["rows"]) {
  const columns = useMemo(() => useful(rows.values()), [rows]);
  const before = useRef(columns);
  if (columns.length !== before.current.length) before.current = columns;
  return before.current;
}

/** Selects one, or all from the one before; stays the same function, so that rows need not be drawn anew. */
function useSelect(names: string[], selected: ReadonlySet<string>, change: Props["change"]) {
  const latest = useRef({ names, selected, last: "" });
  latest.current = { names, selected, last: latest.current.last };
  return useCallback(
    (name: string, range: boolean) => {
      const { names, selected, last } = latest.current;
      latest.current.last = name;
      const next = new Set(selected);
      const [from, to] = [names.indexOf(last), names.indexOf(name)].sort((a, b) => a - b) as [number, number];
      if (range && from >= 0) for (const one of names.slice(from, to + 1)) next.add(one);
      else if (!next.delete(name)) next.add(name);
      change({ selected: next });
    },
    [change],
  );
}
