import { describe, expect, it } from "vitest";
import type { ClassMember, ClassUser } from "~/api/types";
import { written as address, read } from "./address";
import { answersFile, cell, foldedOf } from "./answers";
import { answerOf, chosen, counted, isStuck, memberOf } from "./model";
import { changes, listed, written } from "./people";
import { across, roomOf, seatNames } from "./room";

const USER: ClassUser = {
  user: "ada",
  state: 3,
  hw_command: "print(6 * 7)",
  hw_response: "42\n",
  server_analysis: "",
  time: "2026-11-21T08:30:00Z",
  hw_err: "",
  hw_exit: 0,
  timeout: 10,
  stuck: false,
  judge: "",
};
const member = (user: string, more: Partial<ClassMember> = {}): ClassMember => ({
  ...memberOf({ ...USER, user }),
  ...more,
});

describe("how somebody stands", () => {
  it("is stuck after more than twice the time of the program, and only while it waits", () => {
    const since = 1_000_000_000;
    expect(isStuck(member("ada", { state: 2, since }), since + 20_000_000)).toBe(false);
    expect(isStuck(member("ada", { state: 2, since }), since + 20_000_001)).toBe(true);
    expect(isStuck(member("ada", { state: 3, since }), since + 90_000_000)).toBe(false);
  });

  it("is an error by exit code, or by standard error where there is no code", () => {
    expect(memberOf(USER).word).toBe("returned");
    expect(memberOf({ ...USER, hw_exit: 1 }).word).toBe("error");
    expect(memberOf({ ...USER, hw_exit: null, hw_err: "oh" }).word).toBe("error");
    expect(memberOf({ ...USER, hw_exit: 0, hw_err: "a warning" }).word).toBe("returned");
  });

  it("says why there is no answer, and of an error its last line", () => {
    expect(answerOf(member("ada", { state: 2, word: "stuck" })).text).toBe("no answer in twice 10 s");
    const hw_err = 'Traceback:\n  File "x"\nNameError: pinn\n';
    expect(answerOf(member("ada", { hw_exit: 1, hw_err }))).toEqual({ text: "NameError: pinn", dim: false });
  });

  it("is counted, filtered and sorted, seats before those without", () => {
    const all = [member("c", { seat: "A10" }), member("b", { seat: "A2", word: "stuck" }), member("a")];
    expect([...counted(all)].filter(([, count]) => count)).toEqual([
      ["returned", 2],
      ["stuck", 1],
    ]);
    expect(chosen(all, [], "", "seat").map((one) => one.user)).toEqual(["b", "c", "a"]);
    expect(chosen(all, [], "", "state").map((one) => one.user)).toEqual(["b", "c", "a"]);
    expect(chosen(all, ["stuck"], "", "seat").map((one) => one.user)).toEqual(["b"]);
    expect(chosen(all, [], "a1", "-user").map((one) => one.user)).toEqual(["c"]);
  });
});

describe("a list of people", () => {
  it("is read as pasted from a spreadsheet or a CSV file", () => {
    expect(listed('name,board,seat\nada,pi-1,A1\n"N., Chen";;\n\nbob')).toEqual({
      members: [
        { user: "ada", node: "pi-1", seat: "A1" },
        { user: "N., Chen", node: null, seat: "" },
        { user: "bob", node: null, seat: "" },
      ],
      wrong: [],
    });
    expect(listed("ada\tpi-1\tA1").members).toEqual([{ user: "ada", node: "pi-1", seat: "A1" }]);
  });

  it("says what is wrong with which line", () => {
    expect(listed("ada\nada\n,pi-1").wrong).toEqual(["line 2: ada is there twice", "line 3: no name"]);
  });

  it("is written so that it is read the same, and tells what changes", () => {
    const before = [member("N., Chen", { seat: "B1" }), member("ada", { node: "pi-1" })];
    expect(changes(before, listed(written(before)).members)).toEqual({ put: [], gone: [] });
    const now = listed("ada,pi-2\nbob").members;
    expect(changes(before, now)).toEqual({ put: now, gone: ["N., Chen"] });
  });
});

describe("seats", () => {
  it("stand as in the room where each has its own place", () => {
    expect(roomOf(["A1", "b2"])).toEqual([
      { row: 1, column: 1 },
      { row: 2, column: 2 },
    ]);
    expect(roomOf(["A1", "A1"])).toBeNull();
    expect(roomOf(["A1", ""])).toBeNull();
    expect(seatNames(["A1", ""])).toEqual(["A1", "#2"]);
  });

  it("are walked by the nearest straight ahead", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 0, y: 10 },
      { x: 10, y: 10 },
    ];
    expect(across("ArrowRight", 0, points)).toBe(1);
    expect(across("ArrowDown", 1, points)).toBe(3);
    expect(across("ArrowUp", 1, points)).toBe(-1);
    expect(across("x", 0, points)).toBe(-1);
  });
});

describe("answers", () => {
  it("are folded where all three are equal, the most frequent first", () => {
    const all = [member("a"), member("b", { hw_exit: 1 }), member("c"), member("d", { state: 1, word: "requested" })];
    const { answers, others } = foldedOf(all);
    expect(answers.map((one) => one.users)).toEqual([["a", "c"], ["b"]]);
    expect(others).toEqual([{ word: "requested", users: ["d"] }]);
  });

  it("as a file are never taken for formulas", () => {
    expect([cell("=1+1"), cell("-3.5"), cell("-x"), cell('a"b,c')]).toEqual(["'=1+1", "-3.5", "'-x", '"a""b,c"']);
    const [heads, row] = answersFile([member("ada", { seat: "A1" })]).split("\r\n");
    expect(heads?.split(",")[1]).toBe("student");
    expect(row).toContain("A1,ada,");
  });
});

describe("the address", () => {
  it("keeps what is seen, and leaves out what is as ever", () => {
    const search = address(new URLSearchParams(), {
      states: ["stuck"],
      sort: "seat",
      view: "seats",
      selected: new Set(["N., Chen", "b"]),
      who: "b",
      tab: "history",
    });
    expect(search.toString()).toBe("state=stuck&view=seats&who=b&tab=history&sel=N.%2C+Chen&sel=b");
    expect(read(search, "table")).toMatchObject({ view: "seats", who: "b", tab: "history", states: ["stuck"] });
    expect(address(search, { who: "" }).get("tab")).toBeNull();
  });
});
