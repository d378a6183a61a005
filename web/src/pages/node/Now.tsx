// How a node is at this moment: its charts, its disks one by one, what it is doing, what it warned of.
import { Button, Select, Text, Title } from "@mantine/core";
import { Link, useSearchParams } from "wouter";
import { useAnswer } from "~/api/ask";
import type { SeriesInfo } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { CopyLine } from "~/parts/Copy";
import { Chart } from "~/parts/chart/Chart";
import { RangePicker } from "~/parts/chart/RangePicker";
import { isRange } from "~/parts/chart/range";
import { useSeries } from "~/parts/chart/useSeries";
import { nodePlace } from "~/parts/node/places";
import { Empty, Shown } from "~/parts/States";
import { Disks } from "./Disks";
import { Doing } from "./Doing";
import type { TabProps } from "./Node";
import classes from "./node.module.css";
import { type Panel, panels } from "./panels";

const MOST = 24; // charts; all the rest is under Series

export default function Now({ node }: TabProps) {
  const [search, setSearch] = useSearchParams();
  const range = isRange(search.get("range") ?? "") ? (search.get("range") as string) : "15m";
  const other = search.get("with");
  const series = useAnswer("GET /api/v1/series", { query: { node: node.name } }, { refetchInterval: 30_000 });
  const set = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  return (
    <>
      <div className={classes.tools}>
        <RangePicker range={range} onRange={(next) => set("range", next)} />
        <Compare self={node.name} other={other} onChange={(next) => set("with", next)} />
      </div>
      <Shown of={series}>
        {(found) =>
          found.series.length ? (
            <div className={classes.now}>
              <Charts series={found.series} range={range} other={other} name={node.name} />
              <div className={classes.side}>
                <Disks series={found.series} />
                <Doing node={node} />
              </div>
            </div>
          ) : (
            <Nothing name={node.name} machine={node.machine !== null} />
          )
        }
      </Shown>
    </>
  );
}

function Nothing({ name, machine }: { name: string; machine: boolean }) {
  return (
    <Empty title="It has told nothing yet">
      {machine ? (
        <Text>Numbers come within ten seconds, if its owner allows metrics: wacket-agent allow metrics</Text>
      ) : (
        <>
          <Text>Send something in its name, for example:</Text>
          <CopyLine
            text={`curl -d 'temperature:21.5' '${location.origin}/api/v1/ingest/auto?node=${encodeURIComponent(name)}'`}
          />
        </>
      )}
    </Empty>
  );
}

interface CompareProps {
  self: string;
  other: string | null;
  onChange: (name: string | null) => void;
}

function Compare({ self, other, onChange }: CompareProps) {
  const { rows } = useFleet();
  const names = [...rows.keys()].filter((name) => name !== self).sort();
  if (!names.length) return null;
  return (
    <Select
      aria-label="Compare with another node"
      placeholder="Compare with …"
      searchable
      clearable
      limit={50}
      data={names}
      value={other && names.includes(other) ? other : null}
      onChange={onChange}
    />
  );
}

interface ChartsProps {
  series: SeriesInfo[];
  range: string;
  other: string | null;
  name: string;
}

function Charts({ series, range, other, name }: ChartsProps) {
  const compared = useAnswer("GET /api/v1/series", { query: { node: other ?? "" } }, { enabled: Boolean(other) });
  const found = panels(series);
  return (
    <div className={classes.charts}>
      {found.slice(0, MOST).map((panel) => (
        <OneChart
          key={panel.title + panel.series[0]?.id}
          panel={panel}
          range={range}
          more={other ? twins(panel, compared.data?.series ?? []) : []}
        />
      ))}
      {found.length > MOST && (
        <Button component={Link} href={nodePlace(name, "series")} variant="default">
          {found.length - MOST} more under Series
        </Button>
      )}
    </div>
  );
}

/** The same series of the other node. */
function twins(panel: Panel, series: SeriesInfo[]): number[] {
  return series
    .filter((one) => panel.series.some((own) => own.name === one.name && same(own.labels, one.labels)))
    .map((one) => one.id);
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

function OneChart({ panel, range, more }: { panel: Panel; range: string; more: number[] }) {
  const ids = [...panel.series.map((one) => one.id), ...more];
  const { lines, since, until } = useSeries({ ids, range });
  const bounds = {
    ...(panel.least === undefined ? {} : { least: panel.least }),
    ...(panel.most === undefined ? {} : { most: panel.most }),
  };
  return (
    <section className={`w-card ${classes.chart}`}>
      <Title order={2} className="w-told">
        {panel.title}
      </Title>
      <Chart title={panel.title} lines={lines} since={since} until={until} height={140} group="node" {...bounds} />
    </section>
  );
}
