import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Connection } from "./connection";
import { Fleet, withSpark } from "./fleet";
import type { FleetRow, Told } from "./wire";

const row = (name: string, more: Partial<FleetRow> = {}): FleetRow =>
  ({ name, at: 1, numbers: {}, spark: [], tags: {}, problems: [], ...more }) as unknown as FleetRow;

let begin: () => void;
let hear: (told: Told) => void;
let snapshots: ((nodes: FleetRow[]) => void)[];
let fleet: Fleet;

beforeEach(() => {
  vi.useFakeTimers();
  snapshots = [];
  const connection = {
    listen: (_: unknown, heard: (told: Told) => void, begun: () => void) => {
      hear = heard;
      begin = begun;
      return () => {};
    },
  } as unknown as Connection;
  fleet = new Fleet(connection, () => new Promise((done) => snapshots.push((nodes) => done({ nodes }))));
  fleet.follow();
});
afterEach(() => vi.useRealTimers());

async function snapshot(...nodes: FleetRow[]): Promise<void> {
  begin();
  snapshots.pop()?.(nodes);
  await vi.advanceTimersByTimeAsync(0);
}

describe("the fleet", () => {
  it("is the snapshot, and what came while it was on its way is applied after it", async () => {
    begin();
    hear({ fleet: [row("a", { status: "down" })] });
    expect(fleet.row("a")).toBeUndefined();
    snapshots.pop()?.([row("a", { status: "up" }), row("b")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(fleet.row("a")?.status).toBe("down");
    expect([...fleet.rows.keys()]).toEqual(["a", "b"]);
  });

  it("tells a row at once, and lists at most once a second", async () => {
    await snapshot(row("a"), row("b"));
    let rows = 0;
    let lists = 0;
    fleet.watchOne("a", () => {
      rows += 1;
    });
    fleet.watchAll(() => {
      lists += 1;
    });
    for (let step = 0; step < 5; step += 1) hear({ fleet: [row("a"), row("b")] });
    expect([rows, lists]).toEqual([5, 0]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([rows, lists]).toEqual([5, 1]);
  });

  it("loses who is gone, also by the snapshot after the hub was away", async () => {
    await snapshot(row("a"), row("b"), row("c"));
    let told = 0;
    fleet.watchOne("b", () => {
      told += 1;
    });
    hear({ gone: ["a"] });
    await snapshot(row("c"));
    expect([...fleet.rows.keys()]).toEqual(["c"]);
    expect(fleet.row("b")).toBeUndefined();
    expect(told).toBe(1);
  });
});

it("a row that is told live goes on with the curve that was there", () => {
  const before = row("a", { at: 1, spark: Array(30).fill(1), numbers: { cpu: 1 } });
  expect(withSpark(row("a", { at: 2, numbers: { cpu: 9 } }), before).spark).toEqual([...Array(29).fill(1), 9]);
  expect(withSpark(row("a", { at: 1, numbers: { cpu: 9 } }), before).spark).toHaveLength(30);
  expect(withSpark(row("a", { at: 2, numbers: {} }), before).spark.at(-1)).toBeNull();
  expect(withSpark(row("a", { spark: [5] }), before).spark).toEqual([5]);
});
