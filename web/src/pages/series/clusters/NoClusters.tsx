// Before the first result: what has to be sent, with a line to paste.
import { Progress, Text } from "@mantine/core";
import type { ClustersNow } from "~/api/types";
import { count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { Empty } from "~/parts/States";
import classes from "./clusters.module.css";

const EVENT =
  "Power: Active=1748.2W; Reactive=279.0var; Appearent=1770.3VA; Line: Current=7.36; Voltage=230.1V; Peaks: 7.33;7.31;7.53;";

export function NoClusters({ next }: { next: ClustersNow["next"] }) {
  const { every, pending, missing } = next;
  return (
    <Empty title="No clusters yet">
      <Text>
        Clusters are found among energy events: what a meter says when something is switched on or off. After{" "}
        {count(every, "event")} they are computed by themselves; {count(pending, "has", "have")} come,{" "}
        {count(missing, "is", "are")} missing.
      </Text>
      <div className={classes.next}>
        <Progress value={Math.min(100, (100 * pending) / every)} aria-label="Events until the first computation" />
      </div>
      <Text>An event is one line. Send one:</Text>
      <CopyLine text={`curl -H 'Content-Type: text/plain' --data-binary '${EVENT}' ${location.origin}/log/store`} />
      <Text className="w-dim">
        It must have active, reactive and apparent power, current, voltage and three peaks. From the network a sender
        needs a token; make one in Settings, Tokens.
      </Text>
    </Empty>
  );
}
