import { describe, expect, it } from "vitest";
import type { LogLines } from "~/api/types";
import { EVERY, LiveFeed } from "./livefeed";
import { ids, NOON, Still, toldLine, Wire } from "./sample";

function began(history: number[] = [1, 2], most = 100) {
  const still = new Still();
  const wire = new Wire();
  const asked: unknown[] = [];
  const ask = async (query: unknown): Promise<LogLines> => {
    asked.push(query);
    const logs = [...history].reverse().map((id) => toldLine(id)) as LogLines["logs"];
    return { logs, cursor: null, older: null, newer: null };
  };
  const feed = new LiveFeed(ask, {}, () => true, wire, {}, still, most);
  feed.start();
  wire.begun();
  return { still, wire, feed, asked, tell: (...some: number[]) => wire.told({ logs: some.map((id) => toldLine(id)) }) };
}

const settled = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(done))));

describe("lines that arrive", () => {
  it("follow those that were there, each once", async () => {
    const { still, feed, tell } = began();
    tell(2, 3);
    await settled();
    still.pass(EVERY);
    expect(ids(feed.state.lines)).toEqual([1, 2, 3]);
  });

  it("are drawn at most each tenth of a second", async () => {
    const { still, feed, tell } = began();
    await settled();
    let drawn = 0;
    let before = feed.state.lines;
    feed.watch(() => {
      if (feed.state.lines !== before) drawn += 1;
      before = feed.state.lines;
    });
    for (let id = 3; id < 103; id += 1) {
      tell(id);
      still.pass(10);
    }
    still.pass(EVERY);
    expect(drawn).toBeLessThanOrEqual(11);
    expect(feed.state.lines.at(-1)?.id).toBe(102);
  });

  it("wait while it is paused, counted, and come when it goes on", async () => {
    const { still, feed, tell } = began();
    await settled();
    feed.pause();
    const held = feed.state.lines;
    tell(3, 4);
    still.pass(1_000);
    expect(feed.state.lines).toBe(held);
    expect(feed.state.waiting).toBe(2);
    feed.resume();
    expect(ids(feed.state.lines)).toEqual([1, 2, 3, 4]);
    expect(feed.state.waiting).toBe(0);
  });

  it("are bounded while it is paused, and what is missing is said where it is missing", async () => {
    const { still, feed, tell } = began([1, 2], 10);
    await settled();
    feed.pause();
    for (let id = 3; id < 43; id += 1) tell(id);
    still.pass(EVERY);
    expect(feed.state.waiting).toBe(40);
    feed.resume();
    const gap = feed.state.lines.find((one) => one.gap);
    expect(feed.state.lines.at(-1)?.id).toBe(42);
    expect(feed.state.lines.length).toBeLessThanOrEqual(10);
    expect((gap?.gap ?? 0) + feed.state.lines.filter((one) => !one.gap).length).toBeLessThanOrEqual(42);
  });

  it("that the hub could not tell are counted and marked", async () => {
    const { still, feed, wire, tell } = began();
    await settled();
    tell(3);
    wire.told({ lost: 500 });
    wire.told({ lost: 34 });
    tell(4);
    still.pass(EVERY);
    expect(feed.state.lost).toBe(534);
    expect(feed.state.lines.map((one) => one.gap)).toEqual([0, 0, 0, 534, 0]);
  });

  it("are asked for behind the last one that is known, once the hub is back", async () => {
    const { still, wire, tell, asked } = began();
    await settled();
    tell(7);
    still.pass(EVERY);
    wire.begun();
    await settled();
    expect(wire.want).toEqual({ logs: { after: 7 } });
    expect(asked.length).toBe(1);
  });

  it("have a rate", async () => {
    const { still, feed, tell } = began();
    await settled();
    for (let id = 10; id < 40; id += 1) {
      tell(id);
      still.pass(100);
    }
    expect(feed.state.rate).toBeCloseTo(10, 0);
    still.pass(10_000);
    expect(feed.state.rate).toBe(0);
  });

  it("that come late are counted", async () => {
    const { still, feed, wire } = began();
    await settled();
    wire.told({ logs: [toldLine(9, NOON + 60e6)] });
    still.pass(EVERY);
    wire.told({ logs: [toldLine(10, NOON + 10e6)] });
    still.pass(EVERY);
    expect(feed.state.late).toBe(1);
    expect(ids(feed.state.lines)).toEqual([1, 2, 10, 9]);
  });
});
