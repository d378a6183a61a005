import { describe, expect, it } from "vitest";
import { type Filter, filterOf } from "./filter";
import { inTerminal, quoted, search, tail } from "./terminal";

const of = (some: Partial<Filter>): Filter => ({ ...filterOf(new URLSearchParams()), ...some });

describe("the same in a terminal", () => {
  it("follows what is live and looks back at what is not", () => {
    expect(inTerminal(of({})).line).toBe("wacket log tail");
    expect(inTerminal(of({ until: "2026-11-21T12:00:00Z" })).line).toBe(
      "wacket log search --since 24h --until 2026-11-21T12:00:00Z",
    );
  });

  it("has every filter", () => {
    const some = of({ on: "tag:demo,!demo-04", level: "warn", find: "frame late", source: "camera", since: "7d" });
    expect(search(some).line).toBe(
      "wacket log search 'frame late' --target 'tag:demo,!demo-04' --severity warn --source camera --since 7d",
    );
    expect(tail(some, ["rig-3"]).line).toBe(
      "wacket log tail --node rig-3 --target 'tag:demo,!demo-04' --severity warn --source camera --find 'frame late'",
    );
    expect(search(of({ find: "a|b", how: "regex" })).line).toBe("wacket log search --regex 'a|b' --since 24h");
  });

  it("says what it cannot do", () => {
    expect(tail(of({ find: "a", how: "regex", source: "x" })).but).toContain("pattern");
    expect(tail(of({ find: "A", how: "exact", hide: ["cron", "a b"] }))).toEqual({
      line: "wacket log tail --exact --hide cron --hide 'a b' --find A",
      but: "",
    });
    expect(tail(of({ find: "a" })).but).toBe("");
  });

  it("is safe to paste, whatever is looked for", () => {
    expect(quoted("it's $(rm -rf /) `x`")).toBe("'it'\\''s $(rm -rf /) `x`'");
    expect(quoted("")).toBe("''");
    expect(search(of({ find: "--help" })).line).toBe("wacket log search --since 24h -- --help");
  });
});
