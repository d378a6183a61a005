// Before anything is chosen: what there is, to begin with one press; or how the first reading comes here.
import { Text } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import type { SeriesName } from "~/api/types";
import { count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { cut } from "~/parts/chart/places";
import { Empty, Shown } from "~/parts/States";
import { families } from "./begin";
import { type Choices, literal } from "./choices";
import classes from "./series.module.css";

const MOST = 150;

type Change = (some: Partial<Choices>, push?: boolean) => void;

export function Begin({ change }: { change: Change }) {
  const names = useAnswer("GET /api/v1/series/names", { query: { limit: MOST } });
  return (
    <Shown of={names}>
      {(found) =>
        found.names.length ? (
          <section className="w-card">
            <Text mb="sm">Choose what to look at, on all nodes that have it, or search above.</Text>
            {families(found.names).map(({ title, names: some }) => (
              <section key={title} className={classes.family}>
                <h2 className={classes.heading}>
                  <span className="w-told">{cut(title, 40)}</span>
                </h2>
                <div className={classes.begin}>
                  {some.map((one) => (
                    <Beginning key={one.name} one={one} change={change} />
                  ))}
                </div>
              </section>
            ))}
            {found.count > MOST && (
              <Text className="w-dim">{count(found.count - MOST, "more name")}: search above.</Text>
            )}
          </section>
        ) : (
          <Nothing />
        )
      }
    </Shown>
  );
}

function Beginning({ one, change }: { one: SeriesName; change: Change }) {
  const { name, unit, nodes } = one;
  return (
    <button type="button" className={classes.beginning} onClick={() => change({ match: [`*/${literal(name)}`] }, true)}>
      <span className="w-line">{cut(name, 60)}</span>
      <span className="w-dim">
        {unit && `${cut(unit, 10)} · `}
        {count(nodes, "node")}
      </span>
    </button>
  );
}

function Nothing() {
  const about = useAnswer("GET /api/v1/about");
  const port = about.data?.doors.find((one) => one.door === "tcp")?.port ?? 8090;
  return (
    <Empty title="No numbers have come yet">
      <Text>Any board or program that can print a line is heard. Try it from a terminal:</Text>
      <CopyLine text={`printf 'temp:21.4 hum:40\\n' | nc -w1 ${location.hostname} ${port}`} />
      <Text className="w-dim">Its curve is here a moment later.</Text>
    </Empty>
  );
}
