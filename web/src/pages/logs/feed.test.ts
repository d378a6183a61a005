import { describe, expect, it } from "vitest";
import type { LogLines } from "~/api/types";
import { Feed, iso } from "./feed";
import { ids, NOON, toldLine } from "./sample";

function hub(count: number, size: number) {
  const asked: Record<string, unknown>[] = [];
  const ask = async (query: Record<string, unknown>): Promise<LogLines> => {
    asked.push(query);
    const end = query.cursor ? Number(query.cursor) : count + 1;
    const some = Array.from({ length: size }, (_, i) => end - 1 - i).filter((id) => id > 0);
    const last = some.at(-1) ?? 0;
    const cursor = last > 1 ? String(last) : null;
    return { logs: some.map((id) => toldLine(id)) as LogLines["logs"], cursor, older: cursor, newer: "n" };
  };
  return { ask, asked };
}

describe("history, page by page", () => {
  it("goes back to the beginning and says that it is there", async () => {
    const { ask } = hub(7, 3);
    const feed = new Feed(ask, {});
    await feed.load();
    expect(ids(feed.state.lines)).toEqual([5, 6, 7]);
    await feed.loadOlder();
    expect(feed.state.begins).toBe(false);
    await feed.loadOlder();
    expect(ids(feed.state.lines)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(feed.state.begins).toBe(true);
  });

  it("asks on where a page held only what is hidden", async () => {
    const { ask, asked } = hub(9, 3);
    const feed = new Feed(ask, {}, (line) => line.id < 4);
    await feed.load();
    expect(ids(feed.state.lines)).toEqual([1, 2, 3]);
    expect(asked.length).toBe(3);
  });

  it("keeps what it has where a question fails, and tells why", async () => {
    let broken = false;
    const { ask } = hub(9, 3);
    const feed = new Feed((query) => (broken ? Promise.reject(new Error("the disk is slow")) : ask(query)), {});
    await feed.load();
    broken = true;
    await feed.loadOlder();
    expect(feed.state.trouble?.message).toBe("the disk is slow");
    expect(ids(feed.state.lines)).toEqual([7, 8, 9]);
    broken = false;
    await feed.loadOlder();
    expect(feed.state.trouble).toBeNull();
    expect(feed.state.lines.length).toBe(6);
  });
});

it("a moment is told to the microsecond", () => {
  expect(iso(NOON + 1)).toBe("2026-11-21T12:00:00.000001Z");
  expect(iso(NOON + 999_999)).toBe("2026-11-21T12:00:00.999999Z");
});
