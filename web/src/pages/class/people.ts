// PURE: a list of people as it is pasted or dropped: a line for each, NAME or NAME,BOARD or NAME,BOARD,SEAT.
import type { ClassMember, NewMember } from "~/api/types";

export interface Listed {
  members: NewMember[];
  /** What cannot be taken as it stands, with the number of its line. */
  wrong: string[];
}

const HEADS = ["name", "student", "user", "person", "people"];
const MOST = 1000;

/** The people of a text. Tabs and semicolons part cells too, as spreadsheets write them; a line of heads is skipped. */
export function listed(text: string): Listed {
  const members = new Map<string, NewMember>();
  const wrong: string[] = [];
  text.split(/\r?\n/).forEach((line, at) => {
    const [user = "", node = "", seat = "", ...more] = cells(line);
    if (!user && !node && !seat) return;
    if (at === 0 && HEADS.includes(user.toLowerCase())) return;
    const trouble = troubleOf(user, node, seat, more) || (members.has(user) && `${user} is there twice`);
    if (trouble) wrong.push(`line ${at + 1}: ${trouble}`);
    else members.set(user, { user, node: node || null, seat });
  });
  if (members.size > MOST) wrong.push(`a class has at most ${MOST} people`);
  return { members: [...members.values()], wrong };
}

function troubleOf(user: string, node: string, seat: string, more: string[]): string {
  if (!user) return "no name";
  if (user.length > 64) return "a name has at most 64 characters";
  if (node.length > 63) return "a board’s name has at most 63 characters";
  if (seat.length > 16) return "a seat has at most 16 characters";
  return more.some((cell) => cell) ? "more than name, board and seat" : "";
}

/** The cells of a line; one in quotes may have anything inside. */
function cells(line: string): string[] {
  const mark = line.includes("\t") ? "\t" : line.includes(";") ? ";" : ",";
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (const char of line) {
    if (char === '"') quoted = !quoted;
    else if (char === mark && !quoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += char;
  }
  return [...found, cell.trim()];
}

/** The text that `listed` reads as these people. */
export function written(members: Pick<ClassMember, "user" | "node" | "seat">[]): string {
  return members.map(({ user, node, seat }) => [user, node, seat].map(quoted).join(",").replace(/,+$/, "")).join("\n");
}

function quoted(cell: string): string {
  return /[,;\t"]/.test(cell) ? `"${cell.replaceAll('"', "")}"` : cell;
}

/** What is to be done so that those become these. */
export function changes(
  before: Pick<ClassMember, "user" | "node" | "seat">[],
  now: NewMember[],
): { put: NewMember[]; gone: string[] } {
  const known = new Map(before.map((one) => [one.user, `${one.node}\n${one.seat}`]));
  const left = new Set(now.map((one) => one.user));
  return {
    put: now.filter((one) => known.get(one.user) !== `${one.node ?? ""}\n${one.seat ?? ""}`),
    gone: before.map((one) => one.user).filter((user) => !left.has(user)),
  };
}
