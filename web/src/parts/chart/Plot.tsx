// The drawn part of a chart. Comes as a chunk of its own, with uPlot, when the first chart is shown.
import { useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { useKeys } from "~/shell/keys";
import { usePreferences } from "~/shell/preferences";
import classes from "./chart.module.css";
import { Drawing } from "./drawing";
import { Readout } from "./readout";
import type { ChartProps } from "./shape";

interface Props {
  chart: ChartProps;
  readout: Readout;
  focus: number | null;
  hidden: ReadonlySet<string>;
  /** The element that says it all in words. */
  described: string;
}

export default function Plot(given: Props) {
  const { chart, readout, described } = given;
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const latest = useRef(given);
  latest.current = given;
  const scheme = useComputedColorScheme("light");
  const [{ utc }] = usePreferences();
  const built = useBuilt(chart);
  useMarking(given);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `built` is what a chart cannot change while it lives
  useEffect(() => {
    const one = new Drawing({
      host: host.current as HTMLElement,
      props: () => latest.current.chart,
      focus: () => latest.current.focus,
      readout,
      scheme,
      utc,
    });
    drawing.current = one;
    return () => one.end();
  }, [built, scheme, utc, readout]);
  useEffect(() => drawing.current?.update(latest.current.hidden));

  const press = (event: KeyboardEvent) => {
    if (drawing.current && pressed(event, drawing.current, latest.current.chart)) event.preventDefault();
  };
  const height = { height: chart.height ?? 220 };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is not what a plot is
    <div
      ref={host}
      className={classes.plot}
      style={height}
      role="group"
      aria-label={chart.title}
      aria-describedby={described}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its values must be reachable by the arrow keys
      tabIndex={0}
      onKeyDown={press}
      onBlur={() => drawing.current?.step(null)}
    />
  );
}

/** Changes when uPlot has to be built anew. */
function useBuilt(chart: ChartProps): string {
  return useMemo(() => {
    const lines = chart.lines.map((one) => [one.id, one.label, one.unit, one.faint, Boolean(one.low && one.high)]);
    return JSON.stringify([lines, chart.group, chart.small, chart.height, Boolean(chart.onZoom)]);
  }, [chart]);
}

/** `n` notes the moment under the cursor, of the chart that was looked at last. Charts of a group share the moment. */
function useMarking({ chart, readout }: Props): void {
  const mark = () => {
    const looked = readout.now.at === null ? Readout.latest : readout;
    if (looked && looked.now.at !== null) chart.onMark?.(looked.now.at);
  };
  useKeys("Charts", chart.onMark ? [{ keys: "n", what: "Add a note at the cursor", act: mark }] : []);
}

function pressed(event: KeyboardEvent, drawing: Drawing, chart: ChartProps): boolean {
  const far = event.shiftKey ? 10 : 1;
  if (event.key === "ArrowLeft") drawing.step(-far);
  else if (event.key === "ArrowRight") drawing.step(far);
  else if (event.key === "Escape") drawing.step(null);
  else if (event.key === "Backspace" && chart.onBack) chart.onBack();
  else if ((event.key === "+" || event.key === "-") && chart.onZoom) chart.onZoom(...scaled(chart, event.key));
  else return false;
  return true;
}

function scaled({ since, until }: ChartProps, key: string): [number, number] {
  const by = (until - since) * (key === "+" ? -0.25 : 0.5);
  return [Math.round(since - by), Math.round(until + by)];
}
