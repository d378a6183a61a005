// PURE: what a node sent, cut into pieces that can be drawn as text: colours of terminals as names of styles, everything
// that would move, hide or turn the text around as a visible mark. Makes no markup and drops no character silently.

export interface Piece {
  text: string;
  /** `text` as sent; `mark`: stands for what cannot be seen. */
  kind: "text" | "mark";
  /** Names of styles: `red`, `bold` … */
  style: string;
  hit: boolean;
}

export type Range = [from: number, to: number];

// Controls but tab and newline, bidi, zero-width and tag characters. Joiners stay: scripts and emojis need them.
const ODD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
// What terminals obey: a sequence of parameters and a letter, a string with an end, or two characters.
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
  /\u001b(?:\[[0-9;:<=>?]{0,64}[ -/]{0,8}[@-~]|[\]P^_X][^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\)|[@-Z\\-~])/uy;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
const COLOUR = /^\u001b\[([0-9;:]*)m$/;
const COLOURS = ["plain", "red", "green", "yellow", "blue", "magenta", "cyan", "plain"];
const LONGEST_MARK = 24;

/** Whether there is anything in it that is not simply text. */
export function isOdd(text: string): boolean {
  return ODD.test(text);
}

/** The pieces of a text; `hits` are ranges of it that are to stand out, in order. */
export function pieces(text: string, hits: Range[] = []): Piece[] {
  const whole = isOdd(text) ? understood(text) : [{ from: 0, text, kind: "text" as const, style: "" }];
  return hits.length ? whole.flatMap((one) => cut(one, hits)) : whole.map((one) => drawn(one, false));
}

/** The text without colours, and with marks: what is copied, and what screen readers say. */
export function visible(text: string): string {
  return isOdd(text)
    ? understood(text)
        .map((one) => one.text)
        .join("")
    : text;
}

interface Part {
  from: number;
  text: string;
  kind: Piece["kind"];
  style: string;
}

function understood(text: string): Part[] {
  const parts: Part[] = [];
  let style: ReadonlySet<string> = new Set();
  let begun = 0;
  const flush = (to: number) => {
    if (to > begun) parts.push({ from: begun, text: text.slice(begun, to), kind: "text", style: [...style].join(" ") });
  };
  for (let at = 0; at < text.length; ) {
    const long = lengthOfOdd(text, at);
    if (!long) {
      at += 1;
      continue;
    }
    flush(at);
    const odd = text.slice(at, at + long);
    const colour = COLOUR.exec(odd);
    if (colour) style = restyled(style, colour[1] ?? "");
    else parts.push({ from: at, text: mark(odd), kind: "mark", style: "" });
    at += long;
    begun = at;
  }
  flush(text.length);
  return parts;
}

function lengthOfOdd(text: string, at: number): number {
  const point = text.codePointAt(at) as number;
  if (point >= 0x20 && point < 0x7f) return 0;
  if (point === 0x0d && text[at + 1] === "\n") return 0; // the end of a line, as some machines write it
  if (point === 0x1b) {
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(text);
    if (found) return found[0].length;
  }
  const size = point > 0xffff ? 2 : 1;
  return ODD.test(text.slice(at, at + size)) ? size : 0;
}

function mark(odd: string): string {
  const point = odd.codePointAt(0) as number;
  if (odd.length > 1 && point === 0x1b) {
    const rest = odd.slice(1).replace(/[^ -~]/g, "");
    return `^[${rest.length > LONGEST_MARK ? `${rest.slice(0, LONGEST_MARK)}…` : rest}`;
  }
  if (point < 0x20 || point === 0x7f) return `^${String.fromCodePoint(point ^ 0x40)}`; // as `cat -v` writes it
  return `‹U+${point.toString(16).toUpperCase().padStart(4, "0")}›`;
}

function restyled(before: ReadonlySet<string>, parameters: string): Set<string> {
  const style = new Set(before);
  const numbers = parameters.split(/[;:]/).map(Number);
  for (let place = 0; place < numbers.length; place += 1) {
    const number = numbers[place] as number;
    if (number === 38 || number === 48)
      place += numbers[place + 1] === 5 ? 2 : 4; // one of 256 or of all colours
    else restyle(style, number);
  }
  return style;
}

function restyle(style: Set<string>, number: number): void {
  const base = number >= 90 ? number - 90 : number - 30;
  if (number === 0) style.clear();
  else if (number === 1) style.add("bold");
  else if (number === 4) style.add("underlined");
  else if (number === 22) style.delete("bold");
  else if (number === 24) style.delete("underlined");
  else if ((base >= 0 && base < 8) || number === 39) {
    for (const one of COLOURS) style.delete(one);
    if (number !== 39 && COLOURS[base] !== "plain") style.add(COLOURS[base] as string);
  }
}

function cut(part: Part, hits: Range[]): Piece[] {
  if (part.kind === "mark") return [drawn(part, false)];
  const found: Piece[] = [];
  const end = part.from + part.text.length;
  let at = part.from;
  const take = (to: number, hit: boolean) => {
    if (to > at) found.push({ ...drawn(part, hit), text: part.text.slice(at - part.from, to - part.from) });
    at = Math.max(at, to);
  };
  for (const [from, to] of hits) {
    if (to <= at || from >= end) continue;
    take(Math.max(from, at), false);
    take(Math.min(to, end), true);
  }
  take(end, false);
  return found;
}

function drawn({ text, kind, style }: Part, hit: boolean): Piece {
  return { text, kind, style, hit };
}
