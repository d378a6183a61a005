// PURE: many names as one short text, `demo-[01-03,05-16]`, and back; the hub's half is src/wacket/commands/folding.py.

export const MOST_NAMES = 10_000; // that one text may stand for
const SET = /\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]/;
const LAST_NUMBER = /^(.*?)(\d{1,15})(\D*)$/s;

/** All names in one text, numbers gathered; `unfold` gives them back. */
export function fold(names: Iterable<string>): string {
  const families = new Map<string, { before: string; behind: string; numbers: string[] }>();
  for (const name of [...new Set(names)].sort()) {
    const found = LAST_NUMBER.exec(name);
    const [before, number, behind] = found ? [found[1] ?? "", found[2] ?? "", found[3] ?? ""] : [name, "", ""];
    const key = JSON.stringify([before, behind, number !== ""]);
    const family = families.get(key) ?? { before, behind, numbers: [] };
    if (number) family.numbers.push(number);
    families.set(key, family);
  }
  return [...families.values()].map(familyText).join(",");
}

function familyText({ before, behind, numbers }: { before: string; behind: string; numbers: string[] }): string {
  if (numbers.length < 2) return `${before}${numbers[0] ?? ""}${behind}`;
  const runs: [string, string][] = [];
  for (const number of numbers.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    const last = runs.at(-1);
    if (last && goesOn(last, number)) last[1] = number;
    else runs.push([number, number]);
  }
  const text = runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(",");
  return `${before}[${text}]${behind}`;
}

/** 9 is followed by 10 and 09 by 10, but 99 is followed by 100 only where the run has no leading zeros. */
function goesOn([first, last]: [string, string], number: string): boolean {
  if (Number(last) + 1 !== Number(number)) return false;
  return last.length === number.length || (isPlain(first) && isPlain(number));
}

function isPlain(number: string): boolean {
  return number === "0" || !number.startsWith("0");
}

/** The names that a folded text stands for; at most MOST_NAMES, and nothing of what is no such text. */
export function unfold(text: string): string[] {
  return [...new Set(split(text).flatMap((part) => expand(part)))].slice(0, MOST_NAMES);
}

/** The parts between commas, without empty ones; commas within brackets do not count. */
export function split(text: string): string[] {
  return text
    .split(/,(?![^[]*\])/)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** One part with each `[01-03,7]` in it written out. */
export function expand(part: string): string[] {
  const found = SET.exec(part);
  if (!found) return [part];
  const numbers = numbersIn(found[1] ?? "");
  const behind = expand(part.slice(found.index + found[0].length));
  if (numbers.length * behind.length > MOST_NAMES) return [];
  const before = part.slice(0, found.index);
  return numbers.flatMap((number) => behind.map((rest) => before + number + rest));
}

function numbersIn(inside: string): string[] {
  return inside.split(",").flatMap((piece) => {
    const [first = "", last = first] = piece.split("-");
    const [low, high] = [Number(first.slice(0, 15)), Number(last.slice(0, 15))];
    if (high < low || high - low >= MOST_NAMES) return [];
    const width = isPlain(first) ? 1 : first.length;
    return Array.from({ length: high - low + 1 }, (_, place) => String(low + place).padStart(width, "0"));
  });
}
