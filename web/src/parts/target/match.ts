// PURE: which nodes a target means, in the words of src/wacket/commands/targets.py. The hub decides whom a job reaches;
// this is for filters that answer at each key. A filter is kinder: a blank is `&`, a bare word is a part of a name.
import { expand, split } from "./names";

/** A node as a target sees it. */
export interface Candidate {
  name: string;
  tags: Record<string, string>;
  os: string;
  presence: string;
}

type Condition = (node: Candidate) => boolean;

/** The nodes that a filter means; all of them if it says nothing. */
export function matcher(filter: string): Condition {
  const parts = split(filter);
  const wanted = parts.filter((part) => !part.startsWith("!")).map(term);
  const unwanted = parts.filter((part) => part.startsWith("!")).map((part) => term(part.slice(1)));
  return (node) => (!wanted.length || wanted.some((fits) => fits(node))) && !unwanted.some((fits) => fits(node));
}

function term(text: string): Condition {
  const conditions = words(text).map(condition);
  return (node) => conditions.every((fits) => fits(node));
}

function words(text: string): string[] {
  return text.split(/[\s&]+/).filter(Boolean);
}

function condition(word: string): Condition {
  if (word.startsWith("!")) {
    const fits = condition(word.slice(1));
    return (node) => !fits(node);
  }
  if (word.startsWith("@")) return group(word.slice(1));
  const [kind, rest] = parted(word, ":");
  if (kind === "tag" && rest !== null) return tag(rest);
  if (kind === "os" && rest !== null) return (node) => node.os.toLowerCase().startsWith(rest.toLowerCase());
  if (kind === "state" && rest !== null) return (node) => node.presence.startsWith(rest.toLowerCase());
  const globs = expand(word).map(glob);
  return (node) => globs.some((fits) => fits(node.name));
}

function group(name: string): Condition {
  return (node) => name in node.tags || node.tags.group === name;
}

function tag(text: string): Condition {
  const [name, value] = parted(text, "=");
  return value === null ? (node) => name in node.tags : (node) => node.tags[name] === value;
}

function parted(text: string, by: string): [string, string | null] {
  const at = text.indexOf(by);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function glob(word: string): (name: string) => boolean {
  const pattern = word.toLowerCase();
  if (!/[*?]/.test(word)) return (name) => name.toLowerCase().includes(pattern);
  return (name) => fitsGlob(pattern, name.toLowerCase());
}

/** Goes back to the last star only, so that no pattern takes long; a regular expression may take for ever. */
function fitsGlob(pattern: string, text: string): boolean {
  let [p, t, star, from] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === "*") [star, from, p] = [p, t, p + 1];
    else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, from, t] = [star + 1, from + 1, from + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}

/** A tag as targets write it. */
export function tagText([name, value]: [string, string]): string {
  return value ? `${name}=${value}` : name;
}
