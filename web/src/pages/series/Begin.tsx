// Before anything is chosen: what there is, to begin with one press; or how the first reading comes here.
import { Button, Text } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import { count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { cut } from "~/parts/chart/places";
import { Empty, Shown } from "~/parts/States";
import { type Choices, literal } from "./choices";
import classes from "./series.module.css";

const MOST = 24;

export function Begin({ change }: { change: (some: Partial<Choices>, push?: boolean) => void }) {
  const names = useAnswer("GET /api/v1/series/names", { query: { limit: MOST } });
  const about = useAnswer("GET /api/v1/about");
  const host = location.hostname;
  const port = lineDoor((about.data?.doors ?? []) as Door[]);
  return (
    <Shown of={names}>
      {(found) =>
        found.names.length ? (
          <section className="w-card">
            <Text mb="sm">Choose what to look at, on all nodes that have it, or search above.</Text>
            <div className={classes.begin}>
              {found.names.map(({ name, unit, nodes }) => (
                <Button
                  key={name}
                  variant="default"
                  className={classes.beginning}
                  onClick={() => change({ match: [`*/${literal(name)}`] }, true)}
                >
                  <span className="w-line">{cut(name, 40)}</span>
                  <span className="w-dim">
                    {unit && `${cut(unit, 10)} · `}
                    {count(nodes, "node")}
                  </span>
                </Button>
              ))}
            </div>
            {found.count > MOST && (
              <Text className="w-dim">{count(found.count - MOST, "more name")}: search above.</Text>
            )}
          </section>
        ) : (
          <Empty title="No numbers have come yet">
            <Text>Any board or program that can print a line is heard. Try it from a terminal:</Text>
            <CopyLine text={`printf 'temp:21.4 hum:40\\n' | nc -q1 ${host} ${port}`} />
            <Text className="w-dim">Its curve is here a moment later.</Text>
          </Empty>
        )
      }
    </Shown>
  );
}

interface Door {
  name?: string;
  kind?: string;
  address?: string;
}

function lineDoor(doors: Door[]): string {
  const door = doors.find((one) =>
    String(one.name ?? one.kind)
      .toLowerCase()
      .includes("tcp"),
  );
  return door?.address?.split(":").pop() ?? "8090";
}
