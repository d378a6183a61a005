import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Sum } from "./sha256";

const ours = (...pieces: Uint8Array[]) => {
  const sum = new Sum();
  for (const piece of pieces) sum.add(piece);
  return sum.hex();
};

describe("the sum of a file", () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 100_003])("of %d bytes is that of others", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + 13) % 256);
    expect(ours(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("does not depend on the pieces", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
    expect(ours(bytes.subarray(0, 7), bytes.subarray(7, 130), bytes.subarray(130))).toBe(ours(bytes));
  });
});
