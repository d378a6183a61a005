// Who has come: it turns green by itself. Machines wait with a short code, devices with the lines that they sent; what
// was let in since this was opened shows its first numbers.
import { Loader } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { Pending } from "~/api/types";
import { useFleet } from "~/live/fleet";
import type { FleetRow } from "~/live/wire";
import { Status } from "~/look/Status";
import { Cpu, Headlines, Memory } from "~/parts/node/numbers";
import { nodePlace } from "~/parts/node/places";
import classes from "./add.module.css";
import { Copies } from "./Copies";
import { Device } from "./Device";
import { LetAllIn, Machine } from "./Machine";

const AGAIN = 2_000; // ms: what devices send changes without anything of a node changing

interface Waits {
  pending: Pending | undefined;
  arrived: FleetRow[];
  count: number;
}

/** Who waits, and who was let in since this was first asked. */
export function useWaiting(): Waits {
  const { rows, ready } = useFleet();
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  if (ready && !before) setBefore(adopted(rows));
  const operates = useMay("operate");
  const { data } = useAnswer("GET /api/v1/pending", {}, { enabled: operates, refetchInterval: AGAIN });
  const arrived = useMemo(
    () => (before ? [...rows.values()].filter((row) => row.state === "adopted" && !before.has(row.name)) : []),
    [rows, before],
  );
  return { pending: data, arrived, count: (data?.machines.length ?? 0) + (data?.devices.length ?? 0) };
}

function adopted(rows: ReadonlyMap<string, FleetRow>): Set<string> {
  return new Set([...rows.values()].filter((row) => row.state === "adopted").map((row) => row.name));
}

export function Waiting({ waiting: { pending, arrived, count }, alone }: { waiting: Waits; alone: boolean }) {
  return (
    <section aria-label="Who has come" className={classes.waiting}>
      {alone && <Copies />}
      {pending && pending.machines.length > 1 && <LetAllIn machines={pending.machines} />}
      <ul className={classes.comers}>
        {arrived.map((row) => (
          <Arrived key={row.name} row={row} />
        ))}
        {pending?.machines.map((one) => (
          <Machine key={one.name} machine={one} />
        ))}
        {pending?.devices.map((one) => (
          <Device key={one.name} device={one} />
        ))}
      </ul>
      {Boolean(pending?.more) && <p className="w-dim">and {pending?.more} more</p>}
      {!count && !arrived.length && (
        <p className={classes.listening} role="status">
          <Loader size="xs" type="dots" aria-hidden="true" />
          {alone ? "Nobody waits. Whoever comes appears here by itself." : "Waiting for it to come; it appears here."}
        </p>
      )}
    </section>
  );
}

function Arrived({ row }: { row: FleetRow }) {
  const measured = row.numbers.cpu !== undefined || row.newest.length > 0;
  return (
    <li className={classes.comer} data-state={row.status}>
      <div className={classes.comerHead} role="status">
        <Status state={row.status} word={row.status === "up" ? "is here" : undefined} large />
        <Link href={nodePlace(row.name)}>
          <bdi>{row.name}</bdi>
        </Link>
        <span className={classes.comerNumbers}>
          {!measured && <span className="w-dim">first numbers in a moment …</span>}
          {row.numbers.cpu !== undefined && <Cpu row={row} />}
          {row.numbers.memory !== undefined && (
            <span>
              <span className="w-dim">Memory </span>
              <Memory row={row} />
            </span>
          )}
          {row.newest.length > 0 && <Headlines row={row} />}
        </span>
      </div>
    </li>
  );
}
