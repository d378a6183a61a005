import { describe, expect, it } from "vitest";
import { fault, kept, moved } from "./rules";

const rule = (match: string, readings_days = 0, rollup_days = 0) => ({ match, readings_days, rollup_days });

describe("a rule", () => {
  it.each([
    [rule("rig-*"), ""],
    [rule("rig-*", 30, 365), ""],
    [rule("rig-*", 30, 0), ""],
    [rule(" "), "say which"],
    [rule("a", -1), "or more"],
    [rule("a", Number.NaN), "or more"],
    [rule("a", 0, 30), "roll-ups may not go before"],
    [rule("a", 30, 10), "roll-ups may not go before"],
  ])("%o: %s", (one, wrong) => (wrong ? expect(fault(one)).toContain(wrong) : expect(fault(one)).toBe("")));
});

it("moves within the list only", () => {
  const rules = [rule("a"), rule("b"), rule("c")];
  expect(moved(rules, 2, -1).map((one) => one.match)).toEqual(["a", "c", "b"]);
  expect(moved(rules, 0, -1)).toBe(rules);
  expect(moved(rules, 2, 1)).toBe(rules);
});

it("says days in words", () => expect([kept(0), kept(1), kept(30)]).toEqual(["for ever", "1 day", "30 days"]));
