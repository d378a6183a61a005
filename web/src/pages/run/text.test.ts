import { expect, it } from "vitest";
import { harmless } from "./text";

it.each([
  ["a\nb\tc\r\nd", "a\nb\tc\nd"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007x", "x"],
  ["\u001b]52;c;AAAA\u001b\\x", "x"],
  ["a\u202eb\u0000", "a‹U+202E›b^@"],
  ["half \u001b[31", "half ^[[31"],
])("%j is shown as %j", (text, shown) => expect(harmless(text)).toBe(shown));
