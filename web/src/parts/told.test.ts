import { expect, test } from "vitest";
import { visible } from "./told";

test("control characters and marks of direction are seen", () => {
  expect(visible("a\u001b[31mb\u0000\u007f")).toBe("a<1B>[31mb<00><7F>");
  expect(visible("x\u202egpj.exe\u200b")).toBe("x<202E>gpj.exe<200B>");
  expect(visible("21.4 °C – grün 🙂")).toBe("21.4 °C – grün 🙂");
});
