// The fleet as every page sees it: a snapshot of the hub's overview, then what changes, row by row. A row that changes
// draws only who looks at that row. Decides nothing about how rows look.
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { call } from "~/api/client";
import type { Connection } from "./connection";
import { hub } from "./hub";
import type { FleetRow, Told } from "./wire";

const REORDER = 1_000; // ms between two changes of a list's order: rows that jump cannot be clicked
const SPARK = 30;

export class Fleet {
  rows: ReadonlyMap<string, FleetRow> = new Map();
  /** Whether the first snapshot is here. */
  ready = false;
  trouble = "";
  private current = new Map<string, FleetRow>();
  private early: Told[] | null = null;
  private stop: (() => void) | null = null;
  private users = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly lists = new Set<() => void>();
  private readonly single = new Map<string, Set<() => void>>();

  constructor(
    private readonly connection: Connection,
    private readonly snapshot: () => Promise<{ nodes: FleetRow[] }>,
  ) {}

  /** Follow the fleet until the function that this gives is called. */
  follow(): () => void {
    this.users += 1;
    if (this.users === 1) {
      this.stop = this.connection.listen(
        { fleet: true },
        (told) => this.hear(told),
        () => void this.load(),
      );
    }
    return () => {
      this.users -= 1;
      if (!this.users) this.stop?.();
    };
  }

  row(name: string): FleetRow | undefined {
    return this.current.get(name);
  }

  watchAll = (changed: () => void): (() => void) => {
    this.lists.add(changed);
    return () => this.lists.delete(changed);
  };

  watchOne(name: string, changed: () => void): () => void {
    const those = this.single.get(name) ?? new Set();
    this.single.set(name, those.add(changed));
    return () => those.delete(changed);
  }

  hear(told: Told): void {
    if (!told.fleet && !told.gone) return;
    if (this.early) this.early.push(told);
    else this.apply(told);
  }

  /** What arrives while the snapshot is on its way is applied after it. */
  async load(): Promise<void> {
    this.early = [];
    try {
      const { nodes } = await this.snapshot();
      const before = this.current;
      this.current = new Map(nodes.map((row) => [row.name, row]));
      this.ready = true;
      this.trouble = "";
      for (const name of new Set([...before.keys(), ...this.current.keys()])) this.tell(name);
      for (const told of this.early ?? []) this.apply(told);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
    this.early = null;
    this.publish();
  }

  private apply(told: Told): void {
    for (const name of told.gone ?? []) {
      this.current.delete(name);
      this.tell(name);
    }
    for (const row of told.fleet ?? []) {
      this.current.set(row.name, withSpark(row, this.current.get(row.name)));
      this.tell(row.name);
    }
    this.timer ??= setTimeout(() => this.publish(), REORDER);
  }

  private publish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.rows = new Map(this.current);
    for (const changed of this.lists) changed();
  }

  private tell(name: string): void {
    for (const changed of this.single.get(name) ?? []) changed();
  }
}

/** Rows that are told live may carry no history of their own: it is what was there, and the newest. */
export function withSpark(row: FleetRow, before: FleetRow | undefined): FleetRow {
  if (row.spark?.length || !before) return { ...row, spark: row.spark ?? [] };
  const newest = row.at === before.at ? [] : [row.numbers.cpu ?? null];
  return { ...row, spark: [...before.spark, ...newest].slice(-SPARK) };
}

export const fleet = new Fleet(hub, () => call("GET /api/v1/fleet" as never) as Promise<{ nodes: FleetRow[] }>);

/** All nodes; changes at most once a second. */
export function useFleet(): { rows: ReadonlyMap<string, FleetRow>; ready: boolean; trouble: string } {
  useEffect(() => fleet.follow(), []);
  const rows = useSyncExternalStore(fleet.watchAll, () => fleet.rows);
  return { rows, ready: fleet.ready, trouble: fleet.trouble };
}

/** One node, at once when it changes; undefined while it is not known. */
export function useNode(name: string): FleetRow | undefined {
  useEffect(() => fleet.follow(), []);
  const watch = useCallback((changed: () => void) => fleet.watchOne(name, changed), [name]);
  return useSyncExternalStore(watch, () => fleet.row(name));
}
