// A saved view of series on a wall: large, live, with a clock and nothing to press. Meant to stand for months: it comes
// back by itself when the hub was away, and loads itself anew each day.
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo } from "react";
import { useParams } from "wouter";
import { useAnswer } from "~/api/ask";
import type { ViewInfo } from "~/api/types";
import { useNow } from "~/live/clock";
import { hub } from "~/live/hub";
import { clockTime, moment } from "~/look/words";
import { Chart } from "~/parts/chart/Chart";
import { cut } from "~/parts/chart/places";
import { rangeText } from "~/parts/chart/range";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown, Trouble } from "~/parts/States";
import { usePreferences } from "~/shell/preferences";
import { chosen } from "../series/choices";
import { useCurves, useMarks } from "../series/useCurves";
import classes from "./kiosk.module.css";
import { layout } from "./layout";

const ANEW = 24 * 3600 * 1000; // ms: a new version of the page comes with it, and old memory goes

export default function Kiosk() {
  const { id = "" } = useParams<{ id: string }>();
  const view = useAnswer(
    "GET /api/v1/views/{view_id}",
    { path: { view_id: Number(id) } },
    { refetchInterval: 60_000, retry: true, retryDelay: 5_000 },
  );
  useDaily();
  return <Shown of={view}>{(found) => <Wall view={found} />}</Shown>;
}

function Wall({ view }: { view: ViewInfo }) {
  const choices = useMemo(() => chosen(new URLSearchParams(view.search)), [view.search]);
  const { series, shown } = useCurves(choices);
  const marks = useMarks(choices.range);
  const { ref, width, height } = useElementSize();
  const { columns, chart } = layout(shown.length, width, height);
  return (
    <div className={classes.wall}>
      <Head view={view} range={choices.range} />
      {series.error && !series.told.length && <Trouble error={series.error} />}
      {!series.pending && !series.error && !series.told.length && <Empty title="This view has no series" />}
      <div ref={ref} className={classes.charts} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {height > 0 &&
          shown.map((panel) => (
            <section key={panel.id} className="w-card">
              <h2 className={classes.title}>
                <span className="w-told">{cut(panel.title, 80)}</span>
              </h2>
              <Chart
                lines={panel.lines}
                title={panel.title}
                since={series.since}
                until={series.until}
                height={chart}
                marks={marks}
                still
              />
            </section>
          ))}
      </div>
    </div>
  );
}

function Head({ view, range }: { view: ViewInfo; range: string }) {
  const place = useAnswer("GET /api/v1/place");
  const now = useNow();
  const [{ utc }] = usePreferences();
  return (
    <div className={classes.head}>
      <PageHead title={<span className="w-told">{view.name}</span>} name={view.name}>
        <span className="w-dim">{rangeText(range, utc)}</span>
      </PageHead>
      <div className={classes.clock}>
        <span className="w-dim w-told">{place.data?.name}</span>
        <time className="w-number" dateTime={new Date(now / 1000).toISOString()} title={moment(now, utc)}>
          {clockTime(now, utc).slice(0, 8)}
          {utc && " UTC"}
        </time>
      </div>
    </div>
  );
}

/** Only while the hub is there: without it there would be nothing to load. */
function useDaily(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const anew = () => {
      if (hub.link.state === "live") location.reload();
      else timer = setTimeout(anew, 60_000);
    };
    timer = setTimeout(anew, ANEW);
    return () => clearTimeout(timer);
  }, []);
}
