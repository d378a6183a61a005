// PURE: the lines on a page, in order of time, bounded in number and size. Each change makes a new list, so that who draws
// an older one is not disturbed. The oldest go first; the hub has them.
import { before, type Line } from "./line";

export const MOST_LINES = 20_000;
export const MOST_CHARACTERS = 8_000_000;
const LATE = 2_000_000; // µs behind its forerunner; less is the ordinary mixing of nodes
const OVERHEAD = 200; // characters that a line counts beside its text

export class Book {
  lines: readonly Line[] = [];
  /** Whether lines at the beginning had to go. */
  trimmed = false;
  private readonly known = new Set<number>();
  private characters = 0;

  constructor(
    private readonly most = MOST_LINES,
    private readonly mostCharacters = MOST_CHARACTERS,
  ) {}

  /** Lines that arrived. Those older than all that is here are only counted if `open`: the page before this has them. */
  append(arrived: Line[], open: boolean): { late: number } {
    const newest = this.lines.at(-1);
    const oldest = this.lines[0];
    let late = 0;
    const kept: Line[] = [];
    for (const line of arrived) {
      if (this.known.has(line.id)) continue;
      if (newest && newest.at - line.at > LATE && !line.gap) {
        late += 1;
        line.late = newest.at - line.at;
        if (open && oldest && before(line, oldest) < 0) continue;
      }
      kept.push(line);
    }
    this.put(kept);
    this.trim();
    return { late };
  }

  /** A page of history, in any order; how many of it were new. */
  merge(page: Line[]): number {
    const fresh = page.filter((line) => !this.known.has(line.id));
    this.put(fresh);
    return fresh.length;
  }

  get full(): boolean {
    return this.lines.length >= this.most || this.characters >= this.mostCharacters;
  }

  private put(fresh: Line[]): void {
    if (!fresh.length) return;
    fresh.sort(before);
    for (const line of fresh) {
      this.known.add(line.id);
      this.characters += sizeOf(line);
    }
    const first = fresh[0] as Line;
    const place = this.placeOf(first);
    const tail = this.lines.slice(place);
    this.lines = this.lines.slice(0, place).concat(tail.length ? merged(tail, fresh) : fresh);
  }

  /** Where a line belongs. Looks from the end, where it nearly always is. */
  private placeOf(line: Line): number {
    let low = 0;
    let high = this.lines.length;
    if (high && before(this.lines[high - 1] as Line, line) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.lines[middle] as Line, line) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private trim(): void {
    let gone = Math.max(0, this.lines.length - this.most);
    let left = this.characters;
    for (let place = 0; place < gone; place += 1) left -= sizeOf(this.lines[place] as Line);
    while (left > this.mostCharacters && gone < this.lines.length - 1) {
      left -= sizeOf(this.lines[gone] as Line);
      gone += 1;
    }
    if (!gone) return;
    for (let place = 0; place < gone; place += 1) this.known.delete((this.lines[place] as Line).id);
    this.characters = left;
    this.lines = this.lines.slice(gone);
    this.trimmed = true;
  }
}

function sizeOf(line: Line): number {
  return OVERHEAD + line.body.length + (line.attrs ? 200 : 0);
}

function merged(a: readonly Line[], b: readonly Line[]): Line[] {
  const all: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    all.push(before(a[i] as Line, b[j] as Line) <= 0 ? (a[i++] as Line) : (b[j++] as Line));
  }
  while (i < a.length) all.push(a[i++] as Line);
  while (j < b.length) all.push(b[j++] as Line);
  return all;
}
