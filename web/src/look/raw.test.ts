import { describe, expect, it } from "vitest";
import { isOdd, pieces, visible } from "./raw";

describe("what a node sent", () => {
  it("is left alone where it is text", () => {
    expect(isOdd("21 °C\tok, ¡hola! 你好 👩‍🔬")).toBe(false);
    expect(pieces("<b>bold</b>")).toEqual([{ text: "<b>bold</b>", kind: "text", style: "", hit: false }]);
  });

  it("shows what turns text around, and what cannot be seen", () => {
    expect(visible("user\u202egpj.exe")).toBe("user‹U+202E›gpj.exe");
    expect(visible("a\u200bb\u2066c\u{e0041}")).toBe("a‹U+200B›b‹U+2066›c‹U+E0041›");
    expect(visible("bell\u0007 back\b del\u007f nul\0")).toBe("bell^G back^H del^? nul^@");
    expect(visible("one\r\ntwo\rthree")).toBe("one\r\ntwo^Mthree");
  });

  it("draws the colours of terminals and obeys no other escape", () => {
    expect(pieces("\u001b[1;31mfailed\u001b[0m ok")).toEqual([
      { text: "failed", kind: "text", style: "bold red", hit: false },
      { text: " ok", kind: "text", style: "", hit: false },
    ]);
    expect(pieces("\u001b[38;5;196;4mx\u001b[39my").map((one) => one.style)).toEqual(["underlined", "underlined"]);
    expect(visible("\u001b[2J\u001b[H gone?")).toBe("^[[2J^[[H gone?");
    expect(visible("\u001b]8;;http://evil.example/and/on\u0007here\u001b]8;;\u0007")).toBe(
      "^[]8;;http://evil.example/…here^[]8;;",
    );
    expect(visible("\u001b")).toBe("^[");
    expect(visible("\u001b[31")).toContain("^[");
  });

  it("marks hits, also where colours begin inside them", () => {
    const text = "a \u001b[31mtime\u001b[0mout b";
    expect(pieces(text, [[7, 18]]).map((one) => [one.text, one.hit])).toEqual([
      ["a ", false],
      ["time", true],
      ["out", true],
      [" b", false],
    ]);
    expect(pieces("xaax", [[1, 2]]).map((one) => one.text)).toEqual(["x", "a", "ax"]);
  });

  it("is quick with many thousand characters of nothing but escapes", () => {
    const begun = performance.now();
    expect(pieces("\u001b[".repeat(100_000)).length).toBeGreaterThan(1);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
