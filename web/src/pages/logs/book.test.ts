import { describe, expect, it } from "vitest";
import { Book } from "./book";
import { ids, line, NOON } from "./sample";

describe("the lines on a page", () => {
  it("are in order of time, each once", () => {
    const book = new Book();
    book.merge([line(5), line(4)]);
    book.append([line(6), line(5), line(7)], false);
    book.merge([line(2), line(4), line(1)]);
    expect(ids(book.lines)).toEqual([1, 2, 4, 5, 6, 7]);
  });

  it("that come late stand where they belong, and say so", () => {
    const book = new Book();
    book.merge([line(1, NOON), line(2, NOON + 10e6)]);
    expect(book.append([line(3, NOON + 5e6), line(4, NOON + 9.5e6)], false).late).toBe(1);
    expect(ids(book.lines)).toEqual([1, 3, 4, 2]);
    expect(book.lines.map((one) => one.late)).toEqual([0, 5e6, 0, 0]);
  });

  it("that are older than all here wait for the page that has them", () => {
    const book = new Book();
    book.merge([line(1, NOON)]);
    expect(book.append([line(2, NOON - 60e6)], true).late).toBe(1);
    expect(ids(book.lines)).toEqual([1]);
    expect(book.merge([line(2, NOON - 60e6)])).toBe(1);
    expect(book.append([line(3, NOON - 90e6)], false).late).toBe(1);
    expect(ids(book.lines)).toEqual([3, 2, 1]);
  });

  it("are bounded in number: the oldest go", () => {
    const book = new Book(3);
    for (let id = 1; id <= 10; id += 1) book.append([line(id)], false);
    expect(ids(book.lines)).toEqual([8, 9, 10]);
    expect(book.trimmed).toBe(true);
    expect(book.merge([line(7)])).toBe(1);
  });

  it("are bounded in size", () => {
    const book = new Book(100, 10_000);
    for (let id = 1; id <= 20; id += 1) book.append([line(id, undefined, { body: "x".repeat(800) })], false);
    expect(book.lines.length).toBe(10);
    book.append([line(99, undefined, { body: "y".repeat(50_000) })], false);
    expect(ids(book.lines)).toEqual([99]);
  });

  it("leave a list alone that somebody draws", () => {
    const book = new Book(2);
    book.merge([line(1), line(2)]);
    const drawn = book.lines;
    book.append([line(3)], false);
    expect(ids(drawn)).toEqual([1, 2]);
  });

  it("agree with sorting, whatever comes", () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed;
    };
    const book = new Book();
    const all = new Map<number, number>();
    for (let round = 0; round < 200; round += 1) {
      const batch = Array.from({ length: random() % 7 }, () => line(random() % 500, NOON + (random() % 300) * 1e4));
      const fresh = batch.filter((one) => !all.has(one.id));
      for (const one of fresh) if (!all.has(one.id)) all.set(one.id, one.at);
      const once = fresh.filter((one, place) => fresh.findIndex((other) => other.id === one.id) === place);
      if (round % 3) book.append(once, false);
      else book.merge(once);
    }
    const right = [...all].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([id]) => id);
    expect(ids(book.lines)).toEqual(right);
  });
});
