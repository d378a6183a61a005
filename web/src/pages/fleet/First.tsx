// What stands below the only node: the line that makes a second one.
import { Button } from "@mantine/core";
import { useLocation } from "wouter";
import { useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import { CopyLine } from "~/parts/Copy";
import { Empty } from "~/parts/States";
import { resumed } from "../first/steps";
import { sketches, waysOf } from "./add/sketches";
import type { Seen } from "./address";
import classes from "./fleet.module.css";

export function First({ change }: { change: (some: Partial<Seen>) => void }) {
  const operates = useMay("operate");
  const { data } = useAnswer("GET /api/v1/about");
  const place = useAnswer("GET /api/v1/place").data;
  const unfinished = useMay("admin") && resumed(place?.first_run ?? "") !== null;
  const [, go] = useLocation();
  const line = data && sketches(waysOf(data), "greenhouse")[0]?.text;
  if (!operates) return <Empty title="No machines yet. An operator or admin of this hub can add them." />;
  return (
    <div className={classes.first}>
      <Empty title="No other machines yet">
        <div className={classes.firstActs}>
          <Button onClick={() => change({ add: "machine" })}>Add a computer</Button>
          <Button variant="default" onClick={() => change({ add: "board" })}>
            Add a board: ESP, Arduino, MicroPython
          </Button>
          {unfinished && (
            <Button variant="subtle" onClick={() => go("/s/guide")}>
              Go on with the guide
            </Button>
          )}
        </div>
        {line && (
          <>
            <span>Or say something from any terminal, and look what happens here:</span>
            <CopyLine text={line} />
          </>
        )}
      </Empty>
    </div>
  );
}
