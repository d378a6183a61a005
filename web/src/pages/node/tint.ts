// PURE: a colour of its own for each node, so that the wrong machine is noticed before something is typed. Never the only
// sign: the name stands beside it.

/** A hue, 0 to 359, from the name alone: the same on every page and at every machine. */
export function hue(name: string): number {
  let mixed = 2166136261; // FNV-1a, 32 bits
  for (const letter of name) {
    mixed = Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 16777619) >>> 0;
  }
  return mixed % 360;
}
