// The last step: how others come in. What comes first depends on what the place is.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "~/api/ask";
import { CopyLine } from "~/parts/Copy";
import { AddParts } from "../fleet/add/AddParts";
import type { Adding } from "../fleet/address";
import classes from "./first.module.css";
import { boardsFirst, type Kind } from "./steps";

export function AddStep({ end }: { end: (place?: string) => void }) {
  const { data } = useAnswer("GET /api/v1/place");
  const kind = data?.kind ?? "other";
  const [chosen, setChosen] = useState<Adding | null>(null);
  return (
    <section className={`w-card ${classes.card}`}>
      <h1>Add machines</h1>
      {kind === "class" && <ForClass end={end} />}
      {kind === "research" && <ForResearch />}
      <AddParts adding={chosen ?? first(kind)} onTurn={setChosen} />
      <div className={classes.acts}>
        <Button onClick={() => end()} className={classes.next}>
          Open the overview
        </Button>
      </div>
    </section>
  );
}

function first(kind: Kind): Adding {
  return boardsFirst(kind) ? "board" : "machine";
}

function ForClass({ end }: { end: (place: string) => void }) {
  return (
    <p className={classes.hint}>
      <span>
        A class is a list of students and the boards they work on. You can make it before their machines are here.
      </span>
      <Button variant="default" onClick={() => end("/class")}>
        Make a class
      </Button>
    </p>
  );
}

function ForResearch() {
  return (
    <div className={classes.hint}>
      <span>Measurements that you have already: this looks at a file, shows how it is read, and brings it in.</span>
      <CopyLine text="wacket push --file measured.csv" />
    </div>
  );
}
