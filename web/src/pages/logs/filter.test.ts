import { describe, expect, it } from "vitest";
import { addressed, type Filter, filterOf, finder, judge, query, wanted, without } from "./filter";
import { line } from "./sample";

const NONE: Filter = filterOf(new URLSearchParams());
const FULL: Filter = {
  on: "tag:demo,!demo-04",
  level: "warn",
  find: "100 % & more+",
  how: "exact",
  source: "kiosk",
  hide: ["cron", "net"],
  since: "7d",
  until: "2026-11-21T12:00:00.000001Z",
};

describe("the filter in the address", () => {
  it("comes back as it was, and leaves alone what others keep there", () => {
    const search = addressed(FULL, new URLSearchParams("tab=logs&find=old"));
    expect(filterOf(new URLSearchParams(search.toString()))).toEqual(FULL);
    expect(search.get("tab")).toBe("logs");
    expect(addressed(NONE, search).toString()).toBe("tab=logs");
  });

  it("means nothing where it makes no sense", () => {
    const odd = filterOf(new URLSearchParams("how=magic&since=yesterday-ish&until=%00&hide="));
    expect(odd).toEqual(NONE);
  });
});

describe("what the hub is asked", () => {
  it("has a range of a day where none is said, and none for everything", () => {
    expect(query(NONE)).toMatchObject({ since: "24h", target: "", regex: "" });
    expect(query({ ...NONE, since: "all" }).since).toBe("");
  });

  it("has the words in the field that they mean", () => {
    expect(query(FULL, ["demo-1"])).toMatchObject({ find: "100 % & more+", exact: true, node: ["demo-1"], regex: "" });
    const pattern = query({ ...FULL, how: "regex" });
    expect(pattern).toMatchObject({ find: "", regex: "100 % & more+" });
    expect("exact" in pattern).toBe(false);
    expect(wanted({ ...FULL, how: "regex" })).toEqual({ target: "tag:demo,!demo-04", severity: "warn" });
    expect(wanted(NONE, ["a"])).toEqual({ nodes: ["a"] });
  });
});

describe("lines that the hub told", () => {
  const fits = (some: Partial<Filter>, body: string, source = "kiosk") =>
    judge({ ...NONE, ...some })(line(1, undefined, { body, source }));

  it("are judged by what the hub could not be asked", () => {
    expect(fits({ find: "Time", how: "exact" }, "a Time out")).toBe(true);
    expect(fits({ find: "Time", how: "exact" }, "a time out")).toBe(false);
    expect(fits({ find: "v[0-9]+$", how: "regex" }, "valve V12")).toBe(false);
    expect(fits({ find: "(?i)v[0-9]+$", how: "regex" }, "valve V12")).toBe(true);
    expect(fits({ source: "cron" }, "x")).toBe(false);
    expect(fits({ hide: ["kiosk"] }, "x")).toBe(false);
  });

  it("have their hits where they are", () => {
    expect(finder({ find: "a.b", how: "" })?.("A.B axb a.b")).toEqual([
      [0, 3],
      [8, 11],
    ]);
    expect(finder({ find: "(", how: "regex" })).toBeNull();
    expect(finder({ find: "x*", how: "regex" })?.("aa")).toEqual([]);
    expect(finder({ find: "", how: "" })).toBeNull();
  });
});

it("a node is hidden in the words of targets", () => {
  expect(without("", "demo-04")).toBe("*,!demo-04");
  expect(without("tag:demo", "demo-04")).toBe("tag:demo,!demo-04");
});
