// PURE: what somebody is about to run, its address, and what the hub is asked for.
import type { NewJob } from "~/api/types";

export type Kind = "command" | "python" | "sh";

export interface Wish {
  target: string;
  kind: Kind;
  command: string;
  program: string;
  args: string;
  user: string;
  cwd: string;
  env: string;
  stdin: string;
  timeout: string;
  expires: string;
  bring: string;
}

export const NOTHING: Wish = {
  target: "",
  kind: "command",
  command: "",
  program: "",
  args: "",
  user: "",
  cwd: "",
  env: "",
  stdin: "",
  timeout: "10m",
  expires: "1h",
  bring: "",
};

/** Texts that stand in the address; a program and what it reads may be long, and stay in this tab. */
const ADDRESSED = ["target", "kind", "command", "args", "user", "cwd", "timeout", "expires", "bring"] as const;

export function wishOf(search: URLSearchParams, draft: Partial<Wish>): Wish {
  const wish: Wish = { ...NOTHING, ...draft };
  for (const name of ADDRESSED) {
    const text = search.get(name);
    if (text !== null && name === "kind") wish.kind = ["python", "sh"].includes(text) ? (text as Kind) : "command";
    else if (text !== null) Object.assign(wish, { [name]: text });
  }
  return wish;
}

export function searchOf(wish: Wish): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of ADDRESSED) if (wish[name] !== NOTHING[name]) search.set(name, wish[name]);
  return search;
}

/** What a shell would do with it, and a program alone would not. */
const SHELL = /[|&;<>()$`*?[\]#~{}\n]|^\s*\w+=/;

/** Whether a command line needs a shell. */
export function needsShell(command: string): boolean {
  return SHELL.test(unquoted(command));
}

/** The command without what stands in quotes; what "…" has of $ and ` still counts. */
function unquoted(command: string): string {
  return command.replace(/'[^']*'/g, "").replace(/"([^"\\]|\\.)*"/g, (text) => text.replace(/[^$`]/g, ""));
}

/** A command line as words, with quotes as in a shell. Throws where a quote is not closed. */
export function words(line: string): string[] {
  const found: string[] = [];
  const part = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(['"\\])/gs;
  let word: string | null = null;
  for (const [all, single, double, escaped, plain, open] of line.matchAll(part)) {
    if (open !== undefined) throw new Error(`this ${open} has no end`);
    if (single === undefined && double === undefined && escaped === undefined && plain === undefined) {
      if (word !== null && all) found.push(word);
      word = null;
    } else {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "");
    }
  }
  if (word !== null) found.push(word);
  return found;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds of `90`, `10m`, `1.5h`; NaN where it is no time. */
export function seconds(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*$/.exec(text) ?? [];
  return number ? Number(number) * (UNITS[unit || "s"] as number) : Number.NaN;
}

/** `A=1` lines as variables. Throws with what is wrong. */
export function variables(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split("\n").filter((one) => one.trim())) {
    const at = line.indexOf("=");
    if (at < 1) throw new Error(`“${line.slice(0, 40)}” is not NAME=VALUE`);
    found[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return found;
}

/** What the hub is asked for. Throws with what is wrong, in words. */
export function jobOf(wish: Wish, files: NewJob["files"] = []): NewJob {
  const [timeout, expires] = [seconds(wish.timeout), seconds(wish.expires)];
  if (!wish.target.trim()) throw new Error("say which machines: a name, tag:demo, pi-[01-30] or *");
  if (!(timeout > 0)) throw new Error("the time limit is a number and s, m, h or d, such as 10m");
  if (!(expires > 0)) throw new Error("“may begin within” is a number and s, m, h or d, such as 1h");
  return {
    ...whatOf(wish),
    target: wish.target.trim(),
    env: variables(wish.env),
    cwd: wish.cwd.trim(),
    user: wish.user.trim(),
    stdin: base64(wish.stdin),
    timeout,
    expires,
    files,
    bring: words(wish.bring),
  };
}

function whatOf(wish: Wish): Pick<NewJob, "kind" | "argv" | "program" | "args"> {
  const args = words(wish.args);
  if (wish.kind === "command") {
    if (!wish.command.trim()) throw new Error("write a command");
    const argv = needsShell(wish.command) ? ["sh", "-c", wish.command] : words(wish.command);
    return { kind: "exec", argv };
  }
  if (!wish.program.trim()) throw new Error("write a program");
  if (wish.kind === "python") return { kind: "python", program: wish.program, args };
  return { kind: "exec", argv: ["sh", "-c", wish.program, "sh", ...args] };
}

function base64(text: string): string {
  return text ? btoa(String.fromCharCode(...new TextEncoder().encode(text))) : "";
}

/** The same for a shell where `wacket` is. A program is a file there. */
export function terminalLine(wish: Wish): string {
  const options: [string, string][] = [
    ["--user", wish.user.trim()],
    ["--cwd", wish.cwd.trim()],
    ["--timeout", wish.timeout === NOTHING.timeout ? "" : wish.timeout.trim()],
    ["--expires", wish.expires === NOTHING.expires ? "" : wish.expires.trim()],
    ...wish.env.split("\n").map((line): [string, string] => ["--env", line]),
    ...safeWords(wish.bring).map((glob): [string, string] => ["--bring", glob]),
  ];
  const said = options.filter(([, text]) => text.trim()).flatMap(([name, text]) => [name, quoted(text)]);
  const head = ["wacket run", quoted(wish.target.trim() || "TARGET"), ...said];
  if (wish.kind === "python") return [...head, "--py program.py", "--", wish.args].join(" ").replace(/ -- $/, "");
  if (wish.kind === "sh") return [...head, "-- sh -c", quoted(wish.program)].join(" ");
  return [...head, "--", needsShell(wish.command) ? `sh -c ${quoted(wish.command)}` : wish.command].join(" ");
}

function safeWords(text: string): string[] {
  try {
    return words(text);
  } catch {
    return [];
  }
}

/** As one word for a shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
