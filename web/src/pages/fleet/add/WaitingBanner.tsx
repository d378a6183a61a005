// “A device is speaking: adopt it?” Says that somebody waits, as soon as they do, and what they said.
import { Button } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import type { Pending } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { visible } from "~/look/raw";
import { Status } from "~/look/Status";
import { count } from "~/look/words";
import classes from "./add.module.css";

export default function WaitingBanner({ open }: { open: () => void }) {
  const { rows } = useFleet();
  let waiting = 0;
  for (const row of rows.values()) if (row.state === "pending") waiting += 1;
  const { data } = useAnswer("GET /api/v1/pending", {}, { enabled: waiting > 0 });
  if (!waiting) return null;
  return (
    <section className={classes.banner} aria-label="Who waits" role="status">
      <Status state="pending" bare large />
      <span className={classes.bannerText}>
        {data ? said(data) : `${count(waiting, "node waits", "nodes wait")} for you`}
      </span>
      <Button size="xs" onClick={open}>
        {data?.devices.length && !data.machines.length ? "Adopt …" : "Look …"}
      </Button>
    </section>
  );
}

/** PURE: who waits, in a sentence. */
export function said({ machines, devices }: Pending): string {
  const words: string[] = [];
  const [machine, device] = [machines[0], devices[0]];
  if (machines.length === 1 && machine) words.push(`${machine.name} wants to join, with the code ${machine.code}.`);
  else if (machines.length) words.push(`${count(machines.length, "machine")} want to join.`);
  if (devices.length === 1 && device) {
    const line = device.sample.at(-1);
    words.push(`A device is speaking: adopt it? ${device.name}${line ? ` says “${visible(line).slice(0, 60)}”` : ""}`);
  } else if (devices.length) words.push(`${count(devices.length, "device")} are speaking: adopt them?`);
  return words.join(" ");
}
