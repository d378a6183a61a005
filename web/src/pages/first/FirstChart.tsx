// The hub's own machine is node one: its processor and memory move before anything was added.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useAnswer } from "~/api/ask";
import { useNode } from "~/live/fleet";
import { Status } from "~/look/Status";
import { Chart } from "~/parts/chart/Chart";
import { useSeries } from "~/parts/chart/useSeries";
import { Cpu, Memory } from "~/parts/node/numbers";
import { Wait } from "~/parts/States";
import classes from "./first.module.css";

const HUB = 1; // the number of the hub's own node
const SEEN = ["cpu.percent", "memory.used_percent"];
const SOON = 1_000; // ms: how often is looked whether the first numbers are there

export function FirstChart({ next }: { next: () => void }) {
  const { data } = useAnswer("GET /api/v1/nodes");
  const name = data?.nodes.find((node) => node.id === HUB)?.name;
  return (
    <section className={`w-card ${classes.card}`}>
      <h1>Your first chart</h1>
      <p>This is the hub’s own machine, as it is now. Everything that you add is shown like this.</p>
      {name ? <Live name={name} /> : <Wait what="Looking for the hub’s own machine" />}
      <div className={classes.acts}>
        <Button onClick={next} className={classes.next} data-autofocus>
          Go on
        </Button>
      </div>
    </section>
  );
}

function Live({ name }: { name: string }) {
  const known = useAnswer(
    "GET /api/v1/series",
    { query: { node: name } },
    { staleTime: 0, refetchInterval: ({ state }) => (idsOf(state.data?.series).length < SEEN.length ? SOON : false) },
  );
  const ids = useMemo(() => idsOf(known.data?.series), [known.data]);
  const series = useSeries({ ids, range: "2m", step: "raw" });
  const row = useNode(name);
  return (
    <>
      <p className={classes.machine}>
        <Status state={row?.status ?? "unknown"} />
        <b className="w-told">{name}</b>
        {row && (
          <>
            <span>
              CPU <Cpu row={row} />
            </span>
            <span>
              Memory <Memory row={row} />
            </span>
          </>
        )}
      </p>
      {series.lines.length ? (
        <Chart
          title={`Processor and memory of ${name}`}
          lines={series.lines}
          since={series.since}
          until={series.until}
          least={0}
          most={100}
          height={240}
        />
      ) : (
        <div className={classes.room}>
          <Wait what="The first numbers come in a moment" />
        </div>
      )}
    </>
  );
}

interface Known {
  id: number;
  name: string;
  labels: Record<string, string>;
}

function idsOf(series: Known[] | undefined): number[] {
  const wanted = (series ?? []).filter((one) => SEEN.includes(one.name) && !Object.keys(one.labels).length);
  return wanted.map((one) => one.id);
}
