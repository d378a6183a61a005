import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { LOOKS, lookOf } from "./Status";

/** States that stand beside each other on one screen. What colour they have plays no part: nobody must see it. */
const GROUPS: Record<string, string[]> = {
  nodes: ["up", "late", "down", "off", "pending", "unknown"],
  problems: ["warn", "down", "maintenance", "stale"],
  "a class": ["rest", "requested", "collected", "returned", "error", "stuck"],
  "commands that go on": ["queued", "sent", "running"],
  "commands that have ended": ["succeeded", "failed", "cancelled", "expired", "timed_out", "lost_reboot"],
};

const shapeOf = (state: string) => renderToStaticMarkup(lookOf(state).shape);

describe("without colours", () => {
  it.each(Object.entries(GROUPS))("the states of %s differ by shape and by word", (_, states) => {
    for (const of of [shapeOf, (state: string) => lookOf(state).word]) {
      const seen = states.map(of);
      expect(seen.filter((one, place) => !one || seen.indexOf(one) !== place)).toEqual([]);
    }
  });

  it.each(Object.keys(LOOKS))("%s has a shape and a word of its own", (state) => {
    expect(shapeOf(state)).toContain("<");
    const same = Object.keys(LOOKS).filter((one) => one !== state && lookOf(one).word === lookOf(state).word);
    expect(same.filter((one) => !(one.startsWith("lost") && state.startsWith("lost")))).toEqual([]);
  });

  it("a state that the page does not know says its word and looks unknown", () => {
    expect(lookOf("half_open").word).toBe("half open");
    expect(shapeOf("half_open")).toBe(shapeOf("unknown"));
  });
});
