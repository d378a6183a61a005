// PURE: text of nodes so that nothing in it hides: control characters, marks that turn the direction, and spaces of no
// width are shown by their numbers.

const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text: string): string {
  return text.replace(HIDDEN, (one) => `<${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}>`);
}
