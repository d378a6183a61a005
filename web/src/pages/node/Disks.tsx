// Every disk its own line: an average of a full and an empty one would hide the fault.
import { Progress, Title } from "@mantine/core";
import type { SeriesInfo } from "~/api/types";
import { Status } from "~/look/Status";
import { bytes } from "~/look/words";
import classes from "./node.module.css";
import { type DiskUse, disks } from "./panels";

const FULL = 90; // % from which on the hub calls it a problem

export function Disks({ series }: { series: SeriesInfo[] }) {
  const found = disks(series);
  if (!found.length) return null;
  return (
    <section className="w-card">
      <Title order={2} mb="sm">
        Disks
      </Title>
      {found.map((disk) => (
        <Disk key={disk.id} disk={disk} />
      ))}
    </section>
  );
}

function Disk({ disk }: { disk: DiskUse }) {
  const full = disk.used >= FULL;
  const room = disk.free === null ? "" : `${bytes(disk.free)} free`;
  return (
    <div className={classes.disk}>
      <span className="w-mono w-line">{disk.mount}</span>
      <span className="w-number">
        {full && <Status state="warn" bare />} {Math.round(disk.used)} %
      </span>
      <Progress
        value={disk.used}
        color={full ? "var(--w-warn)" : "var(--w-info)"}
        aria-label={`${disk.mount} used`}
        className={classes.bar}
      />
      <span className="w-dim">{room}</span>
    </div>
  );
}
