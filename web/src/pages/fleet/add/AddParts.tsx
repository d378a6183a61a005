// How machines and boards come in, and below it who has come. The drawer of the overview and the guide of the first run
// show the same.
import { Alert, Tabs, Text } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import type { About } from "~/api/types";
import { CopyLine } from "~/parts/Copy";
import { Shown } from "~/parts/States";
import type { Adding } from "../address";
import { Board } from "./Board";
import { Computer } from "./Computer";
import { waysOf } from "./sketches";
import { useWaiting, Waiting } from "./Waiting";

interface Props {
  adding: Adding;
  onTurn: (adding: Adding) => void;
}

export function AddParts({ adding, onTurn }: Props) {
  const about = useAnswer("GET /api/v1/about");
  const waiting = useWaiting();
  return (
    <Tabs value={adding} onChange={(to) => onTurn(to as Adding)} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="machine">A computer</Tabs.Tab>
        <Tabs.Tab value="board">A board</Tabs.Tab>
        <Tabs.Tab value="waiting">{waiting.count ? `Waiting: ${waiting.count}` : "Waiting"}</Tabs.Tab>
      </Tabs.List>
      <Shown of={about}>{(data) => <Parts about={data} adding={adding} />}</Shown>
      <Waiting waiting={waiting} alone={adding === "waiting"} />
    </Tabs>
  );
}

function Parts({ about, adding }: { about: About; adding: Adding }) {
  const ways = waysOf(about);
  return (
    <>
      {ways.alone && adding !== "waiting" && <Alone />}
      <Tabs.Panel value="machine">
        <Computer />
      </Tabs.Panel>
      <Tabs.Panel value="board">
        <Board ways={ways} />
      </Tabs.Panel>
    </>
  );
}

function Alone() {
  return (
    <Alert color="yellow" title="Only this machine reaches the hub yet" mb="md">
      <Text size="sm">
        The hub listens to programs on its own machine only. To let others in, stop it and start it with
      </Text>
      <CopyLine text="wacket up --lan" />
    </Alert>
  );
}
