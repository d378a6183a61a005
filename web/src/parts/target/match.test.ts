import { expect, test } from "vitest";
import { type Candidate, matcher, tagText } from "./match";

const nodes: Candidate[] = [
  { name: "demo-01", tags: { demo: "", room: "lab" }, os: "linux", presence: "up" },
  { name: "demo-02", tags: { demo: "", room: "hall" }, os: "macos", presence: "down" },
  { name: "bench", tags: { group: "rigs" }, os: "", presence: "late" },
];
const meant = (filter: string) => nodes.filter(matcher(filter)).map((node) => node.name);

test("an empty filter means all", () => expect(meant("  ")).toEqual(["demo-01", "demo-02", "bench"]));

test("blanks and & join, commas add", () => {
  expect(meant("tag:demo os:linux")).toEqual(["demo-01"]);
  expect(meant("tag:demo&state:down, bench")).toEqual(["demo-02", "bench"]);
});

test("tags have values, groups are tags too", () => {
  expect(meant("tag:room=hall")).toEqual(["demo-02"]);
  expect(meant("@rigs")).toEqual(["bench"]);
});

test("! takes out, in a term and of all", () => {
  expect(meant("!demo-02")).toEqual(["demo-01", "bench"]);
  expect(meant("tag:demo !state:down")).toEqual(["demo-01"]);
});

test("a bare word is a part of a name, a glob and a set are whole names", () => {
  expect(meant("EMO")).toEqual(["demo-01", "demo-02"]);
  expect(meant("demo-*")).toEqual(["demo-01", "demo-02"]);
  expect(meant("*-0?")).toEqual(["demo-01", "demo-02"]);
  expect(meant("demo-[02-09]")).toEqual(["demo-02"]);
});

test("what is no pattern breaks nothing", () => {
  for (const filter of ["(", "[", "tag:", "os:", "a\\", "**", "!", "&", ",", "[9-1]"])
    expect(() => meant(filter)).not.toThrow();
});

test("a tag is written so that a target finds it", () => {
  expect(meant(`tag:${tagText(["room", "hall"])}`)).toEqual(["demo-02"]);
  expect(tagText(["demo", ""])).toBe("demo");
});
