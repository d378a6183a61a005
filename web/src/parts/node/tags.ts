// PURE: tags as people write them, `room=lab` or `demo`, and as the hub keeps them.

export function readTags(texts: readonly string[]): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = (at < 0 ? text : text.slice(0, at)).trim();
    if (name) tags[name] = at < 0 ? "" : text.slice(at + 1).trim();
  }
  return tags;
}
