// The columns of the table: what each is called, by what it is sorted, and how one row's part of it looks.
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { FleetRow } from "~/live/wire";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { Cpu, Disk, Headlines, Memory, Temperature } from "~/parts/node/numbers";
import { nodePlace } from "~/parts/node/places";
import { tagText } from "~/parts/target/match";
import shared from "./fleet.module.css";
import { rank } from "./rows";
import classes from "./table.module.css";

export interface FleetColumn {
  id: string;
  title: string;
  hint?: string;
  /** What it is sorted by; undefined comes last, whichever way. */
  by: (row: FleetRow) => number | string | undefined;
  /** Numbers begin with the largest. */
  numeric?: boolean;
  cell: (row: FleetRow) => ReactNode;
}

const COMMON = ["name", "state", "seen"];

export const COLUMNS: FleetColumn[] = [
  { id: "name", title: "Name", by: (row) => row.name, cell: (row) => <Name row={row} /> },
  { id: "state", title: "State", by: rank, cell: (row) => <State row={row} /> },
  { id: "cpu", title: "CPU", numeric: true, by: (row) => known(row.numbers.cpu), cell: (row) => <Cpu row={row} /> },
  {
    id: "memory",
    title: "Memory",
    numeric: true,
    by: (row) => known(row.numbers.memory),
    cell: (row) => <Memory row={row} />,
  },
  {
    id: "disk",
    title: "Disk",
    hint: "Of several file systems the fullest",
    numeric: true,
    by: (row) => known(row.numbers.disk?.value),
    cell: (row) => <Disk row={row} />,
  },
  {
    id: "temperature",
    title: "Temp",
    hint: "Of several sensors the hottest",
    numeric: true,
    by: (row) => known(row.numbers.temperature),
    cell: (row) => <Temperature row={row} />,
  },
  {
    id: "values",
    title: "Values",
    hint: "What boards and programs sent last",
    by: (row) => row.newest[0]?.name,
    cell: (row) => <Headlines row={row} most={1} />,
  },
  { id: "seen", title: "Seen", numeric: true, by: (row) => known(row.at), cell: (row) => <When at={row.at} short /> },
];

/** The columns in which some node has something to say. */
export function useful(rows: Iterable<FleetRow>): FleetColumn[] {
  const told = new Set(COMMON);
  for (const row of rows) for (const { id, by } of COLUMNS) if (!told.has(id) && by(row) !== undefined) told.add(id);
  return COLUMNS.filter(({ id }) => told.has(id));
}

function known(number: number | null | undefined): number | undefined {
  return number ?? undefined;
}

function Name({ row }: { row: FleetRow }) {
  const tags = Object.entries(row.tags);
  return (
    <span className={classes.name}>
      <Link href={nodePlace(row.name)} className={shared.nameLink} data-link="">
        <bdi>{row.name}</bdi>
      </Link>
      {tags.slice(0, 2).map((tag) => (
        <span key={tag[0]} className={`${classes.tag} w-line`}>
          {tagText(tag)}
        </span>
      ))}
      {tags.length > 2 && (
        <span className="w-dim" title={tags.map(tagText).join(", ")}>
          +{tags.length - 2}
        </span>
      )}
    </span>
  );
}

/** The state in one word where it has a name of its own: “disk” says more than “warning”. */
export function State({ row }: { row: FleetRow }) {
  const first = row.status === "warn" ? row.problems[0] : undefined;
  return (
    <span className={classes.state} title={row.problems.map((one) => one.text).join("\n") || row.why || undefined}>
      <Status state={row.status} word={first?.word} />
      {row.problems.length > 1 && <span className="w-dim">+{row.problems.length - 1}</span>}
      <Since row={row} />
    </span>
  );
}

function Since({ row }: { row: FleetRow }) {
  return (
    <span className={`w-dim ${classes.since}`}>
      <When at={row.since} never="" short />
    </span>
  );
}
