// PURE: what a program wrote, harmless: colours and cursor moves of a terminal are taken out, the rest of what is hidden is
// shown by its number. Line ends and tabs stay.
import { visible } from "~/look/raw";

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

export function harmless(text: string): string {
  return text
    .replace(ESCAPES, "")
    .replaceAll("\r\n", "\n")
    .split(/(\n|\t)/)
    .map((part) => (part === "\n" || part === "\t" ? part : visible(part)))
    .join("");
}
