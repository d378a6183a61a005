// A machine that joined and waits: the same code at both ends means that nobody stands between.
import { Button } from "@mantine/core";
import { useState } from "react";
import { call } from "~/api/client";
import type { PendingMachine } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { Status } from "~/look/Status";
import { told, trouble } from "~/look/tell";
import { When } from "~/look/When";
import { count } from "~/look/words";
import { accept, refuse } from "~/parts/node/acts";
import { tagText } from "~/parts/target/match";
import { failures } from "../bulk";
import classes from "./add.module.css";
import { formerOf } from "./former";
import { crowds } from "./ways";

export function Machine({ machine }: { machine: PendingMachine }) {
  const { rows } = useFleet();
  const former = formerOf(machine, rows.values());
  const about = [machine.system || machine.os, machine.peer, ...Object.entries(machine.tags).map(tagText)];
  return (
    <li className={classes.comer} data-state="pending">
      <div className={classes.comerHead}>
        <Status state="pending" large />
        <b className="w-told">{machine.name}</b>
        <span className="w-dim">
          <When at={machine.since} />
        </span>
      </div>
      <p className="w-dim w-told">{about.filter(Boolean).join(" · ")}</p>
      <p>
        Does the machine show the code <strong className={classes.code}>{machine.code}</strong>?
      </p>
      <div className={classes.acts}>
        <Button onClick={() => accept(machine.name)}>Yes, let it in</Button>
        {former && (
          <Button variant="default" onClick={() => replace(former, machine.name)}>
            Yes, it replaces {former}
          </Button>
        )}
        <Button variant="default" onClick={() => refuse(machine.name)}>
          No, turn it away
        </Button>
      </div>
      {former && (
        <p className="w-dim">
          <bdi>{former}</bdi> is not there now and has the same name: if this is that machine, installed anew, it goes
          on with its history.
        </p>
      )}
    </li>
  );
}

function replace(old: string, by: string): void {
  call("POST /api/v1/nodes/{name}/replace", { path: { name: old }, body: { by } }).then(
    () => told(`It goes on as ${old}, with all its history`),
    trouble,
  );
}

/** Many that came together need not be let in one by one. */
export function LetAllIn({ machines }: { machines: PendingMachine[] }) {
  const [busy, setBusy] = useState(false);
  const letIn = (subnet?: string) => {
    setBusy(true);
    const same = { kind: "machine" as const, ...(subnet ? { subnet } : {}) };
    call("POST /api/v1/pending/accept", { body: { all: true, same } })
      .then(({ results }) => {
        const wrong = failures(results);
        if (wrong) trouble(new Error(wrong));
        else told(`${count(results.length, "machine is", "machines are")} let in`);
      }, trouble)
      .finally(() => setBusy(false));
  };
  const found = crowds(machines.map((one) => one.peer));
  const parted = found.filter((one) => one.count < machines.length);
  return (
    <div className={classes.acts}>
      <Button variant="default" loading={busy} onClick={() => letIn()}>
        Let all {machines.length} in
      </Button>
      {parted.map((one) => (
        <Button key={one.subnet} variant="default" loading={busy} onClick={() => letIn(one.subnet)}>
          Let in the {one.count} from {one.subnet}
        </Button>
      ))}
    </div>
  );
}
