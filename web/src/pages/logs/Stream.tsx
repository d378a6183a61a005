// The lines of one question: those that were there and, where that is asked for, those that arrive. Pause holds.
import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { browser, Connection } from "~/live/connection";
import { useLink } from "~/live/hub";
import { Status } from "~/look/Status";
import { clockTime, count } from "~/look/words";
import { Empty, Trouble, Wait } from "~/parts/States";
import { useKeys } from "~/shell/keys";
import type { Acts } from "./acts";
import { askPage } from "./asking";
import { Feed, type FeedState, iso } from "./feed";
import { ALL, type Filter, isLive, judge, query, wanted } from "./filter";
import { Lines } from "./Lines";
import type { Line } from "./line";
import { LiveFeed } from "./livefeed";
import classes from "./logs.module.css";
import type { Look } from "./Row";

interface Props {
  filter: Filter;
  nodes: string[];
  look: Look;
  acts: Acts;
  change: (some: Partial<Filter>) => void;
  /** Stands at the end of the bar. */
  tools: ReactNode;
  empty: ReactNode;
}

export function Stream({ filter, nodes, look, acts, change, tools, empty }: Props) {
  const { feed, connection, said } = useFeed(filter, nodes);
  const state = useSyncExternalStore(feed.watch, feed.read);
  const live = feed instanceof LiveFeed ? feed : null;
  const [byScroll, setByScroll] = useState(false);
  const pause = (scrolled: boolean) => {
    if (state.paused) return;
    setByScroll(scrolled);
    live?.pause();
  };
  useKeys(
    "Logs",
    live ? [{ keys: "p", what: "Pause or resume", act: () => (state.paused ? live.resume() : pause(false)) }] : [],
  );
  const showGap = (line: Line) => change({ since: iso(line.at - 1_000_000), until: iso(line.at + 5_000_000) });
  return (
    <>
      <div className={classes.bar}>
        {live ? <Pulse state={state} connection={connection} /> : <span className="w-dim">{found(state)}</span>}
        {live && (
          <Button
            size="xs"
            variant={state.paused ? "filled" : "default"}
            leftSection={state.paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
            onClick={() => (state.paused ? live.resume() : pause(false))}
          >
            {state.paused ? "Resume" : "Pause"}
          </Button>
        )}
        {!live && (
          <Button size="xs" variant="default" onClick={() => change({ since: "", until: "" })}>
            Back to live
          </Button>
        )}
        <div className={classes.grow} />
        {tools}
      </div>
      {state.trouble && (
        <Trouble error={state.trouble} again={() => void (state.ready ? feed.loadOlder() : feed.load())} />
      )}
      {!state.ready && !state.trouble && <Wait what="Looking through the logs" />}
      {state.ready && !state.lines.length && <Nothing filter={filter} change={change} empty={empty} />}
      {state.ready && state.lines.length > 0 && (
        <div className={classes.frame}>
          <Lines
            key={said}
            lines={state.lines}
            look={look}
            acts={acts}
            following={live !== null && !state.paused}
            fromEnd
            onLeave={() => pause(true)}
            onEnd={() => byScroll && state.paused && live?.resume()}
            onTop={() => void feed.loadOlder()}
            gap={showGap}
            top={<Top state={state} full={feed.full} filter={filter} change={change} />}
          />
          {state.paused && (
            <div className={classes.held} role="status">
              <span>
                Paused at {clockTime(state.lines.at(-1)?.at ?? 0, look.utc).slice(0, 8)}
                <span aria-hidden="true"> · {count(state.waiting, "new line")}</span>
              </span>
              <Button size="compact-sm" onClick={() => live?.resume()}>
                Resume
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  );
}

/** The feed of this question. Its connection is its own: a flood of lines delays nothing else. */
function useFeed(filter: Filter, nodes: string[]): { feed: Feed; connection: Connection; said: string } {
  const [connection] = useState(() => new Connection(browser));
  const said = JSON.stringify([filter, nodes]);
  const feed = useMemo(() => {
    const [asked, only] = JSON.parse(said) as [Filter, string[]];
    const question = query(asked, only);
    if (!isLive(asked)) return new Feed(askPage, question, judge({ ...asked, how: "" }));
    return new LiveFeed(askPage, question, judge(asked), connection, wanted(asked, only));
  }, [said, connection]);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  return { feed, connection, said };
}

function Pulse({ state, connection }: { state: FeedState; connection: Connection }) {
  const link = useLink(connection);
  const alive = link.state === "live" && !link.refused;
  const rate = state.rate >= 10 ? Math.round(state.rate) : Math.round(state.rate * 10) / 10;
  return (
    <span className={`w-number ${classes.pulse}`}>
      <Status {...pulse(state, alive, link.state)} />
      {link.refused && <span className="w-told">{link.refused}</span>}
      <span>{count(rate, "line")}/s</span>
      {state.late > 0 && <span title="They stand where their time says">{count(state.late, "line")} came late</span>}
      {state.lost > 0 && (
        <span className={classes.lost} title="They passed too fast for this page; the hub has them all">
          {count(state.lost, "line")} not shown
        </span>
      )}
    </span>
  );
}

function pulse(state: FeedState, alive: boolean, link: string): { state: string; word: string } {
  if (!alive)
    return link === "waiting" ? { state: "unknown", word: "connecting" } : { state: "down", word: "not live" };
  return state.paused ? { state: "off", word: "paused" } : { state: "up", word: "live" };
}

function found(state: FeedState): string {
  if (!state.ready) return "";
  return `${state.begins ? "" : "the newest "}${count(state.lines.length, "line")}`;
}

interface AtTop {
  state: FeedState;
  full: boolean;
  filter: Filter;
  change: (some: Partial<Filter>) => void;
}

function Top({ state, full, filter, change }: AtTop) {
  const oldest = state.lines[0];
  if (state.busy === "older") return <span>Looking further back …</span>;
  if (full && oldest && !state.begins) {
    return (
      <Button size="compact-xs" variant="default" onClick={() => change({ until: iso(oldest.at + 1) })}>
        This is as much as the page holds. Go on from here
      </Button>
    );
  }
  if (!state.begins) return null;
  if (filter.since === ALL) return <span>This is the first line that is kept.</span>;
  return (
    <>
      <span>Nothing older in this range.</span>
      <Button size="compact-xs" variant="default" onClick={() => change({ since: ALL })}>
        Look through everything
      </Button>
    </>
  );
}

function Nothing({ filter, change, empty }: { filter: Filter; change: Props["change"]; empty: ReactNode }) {
  const narrow = filter.find || filter.level || filter.source || filter.hide.length || filter.on;
  if (!narrow && filter.since === ALL) return empty;
  return (
    <Empty title={narrow ? "No line fits" : "No lines in this time"}>
      <span>
        {isLive(filter)
          ? "Those that arrive appear here by themselves."
          : "The range has an end, so nothing new appears here."}
      </span>
      <div className={classes.choices}>
        {filter.since !== ALL && (
          <Button size="xs" onClick={() => change({ since: ALL, until: "" })}>
            Look through everything
          </Button>
        )}
        {narrow && (
          <Button
            size="xs"
            variant="default"
            onClick={() => change({ find: "", level: "", source: "", hide: [], on: "", how: "" })}
          >
            Take the filters away
          </Button>
        )}
      </div>
    </Empty>
  );
}
