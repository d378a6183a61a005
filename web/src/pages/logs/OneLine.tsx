// One line by its number, as a link means it: highlighted, among what came before and after.
import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { PageHead } from "~/parts/PageHead";
import { Empty, Trouble, Wait } from "~/parts/States";
import { type Acts, hiding, narrowed } from "./acts";
import { Around } from "./around";
import { askAround, askPage } from "./asking";
import { addressed, filterOf } from "./filter";
import { Lines } from "./Lines";
import { useLook } from "./LogView";
import classes from "./logs.module.css";

export function OneLine({ id }: { id: number }) {
  const [search, setSearch] = useSearchParams();
  const same = search.get("same") === "all" ? "all" : "node";
  const filter = useMemo(() => filterOf(search), [search]);
  const look = useLook(filter, same === "node");
  const acts = useActs(search);
  const back = new URLSearchParams(search);
  back.delete("same");
  const feed = useMemo(() => new Around(askPage, () => askAround(id, same), same === "node"), [id, same]);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const state = useSyncExternalStore(feed.watch, feed.read);
  const line = state.lines.find((one) => one.id === id);
  const choose = (value: string) => {
    const next = new URLSearchParams(search);
    if (value === "all") next.set("same", "all");
    else next.delete("same");
    setSearch(next, { replace: true });
  };
  return (
    <div className={classes.page}>
      <PageHead
        title={line ? <span className="w-told">A line of {line.node}</span> : "A line"}
        name={`Line ${id}`}
        actions={
          <>
            <SegmentedControl
              aria-label="Lines of which nodes"
              size="xs"
              value={same}
              onChange={choose}
              data={[
                { value: "node", label: "This node" },
                { value: "all", label: "All nodes" },
              ]}
            />
            <Button
              component={Link}
              href={`/logs${back.size ? `?${back}` : ""}`}
              size="xs"
              variant="default"
              leftSection={<IconArrowLeft size={15} />}
            >
              All logs
            </Button>
          </>
        }
      />
      <div className={classes.view}>
        {id < 0 && <Empty title="This is not the number of a line" />}
        {id >= 0 && state.trouble && <Trouble error={state.trouble} again={() => void feed.load()} />}
        {id >= 0 && !state.ready && !state.trouble && <Wait what="Looking for the line" />}
        {state.ready && (
          <div className={classes.frame}>
            <Lines
              lines={state.lines}
              look={look}
              acts={acts}
              following={false}
              meant={id}
              onTop={() => void feed.loadOlder()}
              onBottom={() => void feed.loadNewer()}
              top={state.begins ? "This is the first line that is kept." : null}
              bottom={state.ends ? <NewestYet again={() => void feed.loadNewer()} /> : null}
            />
          </div>
        )}
      </div>
    </div>
  );
}

function NewestYet({ again }: { again: () => void }) {
  return (
    <>
      <span>Nothing newer when this was asked.</span>
      <Button size="compact-xs" variant="default" onClick={again}>
        Ask again
      </Button>
    </>
  );
}

/** Here a filter leads back to the list. */
function useActs(search: URLSearchParams): Acts {
  const [, go] = useLocation();
  return useMemo(() => {
    const filter = filterOf(search);
    return {
      around: (line) => go(`/logs/${line.id}${search.size ? `?${search}` : ""}`),
      only: (line, trait) => go(`/logs?${addressed(narrowed(filter, line, trait))}`),
      hide: (line, trait) => go(`/logs?${addressed(hiding(filter, line, trait))}`),
    };
  }, [search, go]);
}
