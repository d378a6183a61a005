// The charts of what is chosen, and below them the same in numbers, the notes, and the ways to take it along.
import { useState } from "react";
import { count } from "~/look/words";
import { Chart } from "~/parts/chart/Chart";
import { cut } from "~/parts/chart/places";
import { between, isLive } from "~/parts/chart/range";
import type { Series } from "~/parts/chart/useSeries";
import { Empty, Trouble, Wait } from "~/parts/States";
import { NoteEditor, Notes } from "./Notes";
import type { NoteDraft } from "./notes";
import { Stats } from "./Stats";
import classes from "./series.module.css";
import { TakeAway } from "./TakeAway";
import type { Chosen } from "./useChoices";
import { useCurves, useMarks } from "./useCurves";

const MOST_PANELS = 24;

export function Curves({ chosen, may }: { chosen: Chosen; may: boolean }) {
  const { choices, zoom, back } = chosen;
  const { series, shown } = useCurves(choices);
  const marks = useMarks(choices.range);
  const [draft, setDraft] = useState<NoteDraft | null>(null);
  const mark = (at: number) => setDraft({ at, until: null, text: "" });
  if (series.error && !series.told.length) return <Trouble error={series.error} again={series.refetch} />;
  if (series.pending) return <Wait what="Reading history" />;
  if (!series.told.length) {
    return <Empty title="No series fits">Choose another name, or another pattern: * stands for anything.</Empty>;
  }
  return (
    <>
      <Hint panels={shown.length} of={series} live={isLive(choices.range)} may={may} />
      <div className={classes.charts} aria-busy={series.fetching}>
        {shown.slice(0, MOST_PANELS).map((panel) => (
          <section key={panel.id} className="w-card">
            <h2 className={classes.heading}>
              <span className="w-told">{cut(panel.title, 120)}</span>
              {panel.left > 0 && <span className="w-dim"> · {count(panel.left, "more line")} not drawn</span>}
            </h2>
            <Chart
              lines={panel.lines}
              title={panel.title}
              since={series.since}
              until={series.until}
              height={shown.length > 3 ? 180 : 260}
              group="series"
              marks={marks}
              {...(panel.unit === "%" ? { least: 0 } : {})}
              onZoom={(since, until) => zoom(between(since, until))}
              {...(back ? { onBack: back } : {})}
              {...(may ? { onMark: mark } : {})}
            />
          </section>
        ))}
        {shown.length > MOST_PANELS && (
          <p className="w-dim">{count(shown.length - MOST_PANELS, "more chart")}: choose fewer series to see them.</p>
        )}
      </div>
      <Stats choices={choices} />
      <div className={classes.below}>
        <Notes range={choices.range} may={may} edit={setDraft} />
        <TakeAway choices={choices} told={series.told} />
      </div>
      <NoteEditor draft={draft} close={() => setDraft(null)} />
    </>
  );
}

function Hint({ panels, of, live, may }: { panels: number; of: Series; live: boolean; may: boolean }) {
  const step = of.step ? `a point each ${length(of.step)}` : "every reading";
  return (
    <p className={`w-dim ${classes.hintline}`}>
      {count(of.told.length, "series", "series")} in {count(panels, "chart")} · {step} ·{" "}
      {live ? "goes on as it arrives" : "stands still"}
      <span className={classes.mouse}>
        {" "}
        · drag to zoom · shift-drag moves · double click goes back{may && " · n adds a note at the cursor"}
      </span>
    </p>
  );
}

function length(us: number): string {
  const seconds = us / 1e6;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3600} h` : `${seconds / 86_400} d`;
}
