import { describe, expect, it } from "vitest";
import {
  jobOf,
  NOTHING,
  needsShell,
  quoted,
  searchOf,
  seconds,
  terminalLine,
  variables,
  type Wish,
  wishOf,
  words,
} from "./compose";

const wish = (some: Partial<Wish>): Wish => ({ ...NOTHING, target: "tag:demo", ...some });

describe("words of a command line", () => {
  it.each([
    ["df -h /", ["df", "-h", "/"]],
    ["  a   b ", ["a", "b"]],
    [`echo 'a b' "c \\" d" e\\ f`, ["echo", "a b", 'c " d', "e f"]],
    [`x''y`, ["xy"]],
    [`''`, [""]],
    ["", []],
  ])("%s", (line, found) => expect(words(line)).toEqual(found));

  it.each([["echo 'a"], ['echo "a'], ["a\\"]])("%s has no end", (line) => expect(() => words(line)).toThrow("no end"));
});

describe("a shell", () => {
  it.each([
    ["df -h /", false],
    ["ls | wc -l", true],
    ["echo $HOME", true],
    [`echo '$HOME'`, false],
    [`echo "$HOME"`, true],
    [`echo "a | b"`, false],
    ["ls *.py", true],
    ["A=1 env", true],
  ])("%s: %s", (line, needed) => expect(needsShell(line)).toBe(needed));
});

describe("what the hub is asked for", () => {
  it("is a program with its words", () => {
    expect(jobOf(wish({ command: "df -h '/my disk'" }))).toMatchObject({
      kind: "exec",
      argv: ["df", "-h", "/my disk"],
    });
  });

  it("is a shell where one is needed", () => {
    expect(jobOf(wish({ command: "ls | wc" })).argv).toEqual(["sh", "-c", "ls | wc"]);
  });

  it("is a Python program with its arguments, variables and input", () => {
    const job = jobOf(wish({ kind: "python", program: "print(1)", args: "--times 3", env: "A=1=2\n\nB=", stdin: "é" }));
    expect(job).toMatchObject({ kind: "python", program: "print(1)", args: ["--times", "3"], stdin: "w6k=" });
    expect(job.env).toEqual({ A: "1=2", B: "" });
  });

  it.each([
    [{ target: " " }, "which machines"],
    [{ command: "" }, "a command"],
    [{ kind: "sh" as const }, "a program"],
    [{ command: "a", timeout: "soon" }, "time limit"],
    [{ command: "a", timeout: "0" }, "time limit"],
    [{ command: "a", expires: "x" }, "begin within"],
    [{ command: "a", env: "1" }, "NAME=VALUE"],
    [{ command: "echo 'a" }, "no end"],
  ])("%o is told: %s", (some, wrong) => expect(() => jobOf(wish(some))).toThrow(wrong));
});

it.each([
  ["90", 90],
  ["10m", 600],
  ["1.5h", 5400],
  ["2 d", 172800],
  ["x", Number.NaN],
])("%s is %d seconds", (text, length) => expect(seconds(text)).toBe(length));

it("variables without a name are told", () => expect(() => variables("=1")).toThrow("NAME=VALUE"));

it("the address brings back what is in it, and no program", () => {
  const one = wish({ kind: "python", program: "secret", args: "a b", user: "pi" });
  const found = wishOf(searchOf(one), {});
  expect(found).toEqual({ ...one, program: "" });
  expect(wishOf(new URLSearchParams("kind=odd"), {}).kind).toBe("command");
});

describe("the same in the terminal", () => {
  it.each([
    [wish({ command: "df -h" }), "wacket run tag:demo -- df -h"],
    [
      wish({ target: "pi-[01-03]", command: "ls | wc", timeout: "5m" }),
      "wacket run 'pi-[01-03]' --timeout 5m -- sh -c 'ls | wc'",
    ],
    [wish({ kind: "python", program: "x", args: "-n 1" }), "wacket run tag:demo --py program.py -- -n 1"],
    [wish({ kind: "python", program: "x" }), "wacket run tag:demo --py program.py"],
  ])("%#", (one, line) => expect(terminalLine(one)).toBe(line));

  it("quotes quotes", () => expect(quoted("it's")).toBe(`'it'\\''s'`));
});
