// PURE: what a class answered: equal answers as one, and all of it as a file.
import type { ClassMember } from "~/api/types";

export interface Group {
  users: string[];
  answer: string;
  error: string;
  exit: number | null;
  /** There is more of it than is told. */
  cut: boolean;
  verdicts: Record<string, number>;
}

export interface Folded {
  answers: Group[];
  others: { word: string; users: string[] }[];
}

/** Those who wait for an analysis of their answer, folded; for people in no class. The most frequent answer first. */
export function foldedOf(members: ClassMember[]): Folded {
  const groups = new Map<string, Group>();
  const others = new Map<string, string[]>();
  for (const one of members) {
    if (one.state !== 3) {
      others.set(one.word, [...(others.get(one.word) ?? []), one.user]);
      continue;
    }
    const key = JSON.stringify([one.hw_response, one.hw_err, one.hw_exit]);
    const { hw_response: answer, hw_err: error, hw_exit: exit } = one;
    const cut = answer.length >= SHOWN || error.length >= SHOWN;
    const group = groups.get(key) ?? { users: [], answer, error, exit, cut, verdicts: {} };
    group.users.push(one.user);
    groups.set(key, group);
  }
  return {
    answers: [...groups.values()].sort((a, b) => b.users.length - a.users.length),
    others: [...others].map(([word, users]) => ({ word, users })),
  };
}

const SHOWN = 1000; // characters of a text that lists carry
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A cell of a CSV file that no spreadsheet takes for a formula. */
export function cell(value: string | number | null): string {
  const text = String(value ?? "");
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: (string | number | null)[][]): string {
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

const HEADS = ["seat", "student", "board", "state", "since", "exit", "stdout", "stderr", "verdict", "program"];

/** A class with all that it answered. */
export function answersFile(members: ClassMember[]): string {
  const rows = members.map((one) => [
    one.seat,
    one.user,
    one.node,
    one.word,
    one.time,
    one.hw_exit,
    one.hw_response,
    one.hw_err,
    one.server_analysis,
    one.hw_command,
  ]);
  return csv([HEADS, ...rows]);
}
