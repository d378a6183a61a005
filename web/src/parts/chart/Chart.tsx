// A chart of series over time: lines, legend, the same as a table, and in words for screen readers. uPlot comes with the
// first chart that is shown.
import { Button, useComputedColorScheme } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { lazy, Suspense, useDeferredValue, useId, useMemo, useState } from "react";
import { usePreferences } from "~/shell/preferences";
import classes from "./chart.module.css";
import { Legend } from "./Legend";
import { strokes } from "./palette";
import { Readout } from "./readout";
import type { ChartProps } from "./shape";
import { summary } from "./summary";

const Plot = lazy(() => import("./Plot"));
const Table = lazy(() => import("./Table"));

export function Chart(chart: ChartProps) {
  const { lines, title, small, still } = chart;
  const described = useId();
  const [readout] = useState(() => new Readout());
  const [focus, setFocus] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [tabled, setTabled] = useState(false);
  const [{ utc }] = usePreferences();
  const scheme = useComputedColorScheme("light");
  const toggle = (id: string) => setHidden((before) => toggled(before, id));
  const plot = { chart, readout, focus, hidden, described };
  return (
    <figure className={classes.chart} aria-label={title}>
      <Suspense fallback={<div style={{ height: chart.height ?? 220 }} />}>
        <Plot {...plot} />
      </Suspense>
      <Words id={described} chart={chart} />
      {!small && (
        <div className={classes.foot}>
          <Legend
            lines={lines}
            looks={strokes(lines, scheme)}
            readout={readout}
            hidden={hidden}
            onFocus={setFocus}
            onToggle={toggle}
            still={still}
            utc={utc}
            until={chart.until}
          />
          {!still && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              aria-expanded={tabled}
              leftSection={<IconTable size={16} aria-hidden="true" />}
              onClick={() => setTabled(!tabled)}
            >
              Table
            </Button>
          )}
        </div>
      )}
      {tabled && (
        <Suspense fallback={null}>
          <Table chart={chart} utc={utc} />
        </Suspense>
      )}
    </figure>
  );
}

/** Not live: a screen reader reads it when it comes here, and is not spoken to each second. */
function Words({ id, chart }: { id: string; chart: ChartProps }) {
  const { lines, marks } = useDeferredValue(chart);
  const text = useMemo(() => summary(lines, marks), [lines, marks]);
  return (
    <p id={id} className={classes.words}>
      {text}
    </p>
  );
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}
