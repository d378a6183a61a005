// PURE: a line as it is pasted elsewhere.
import { visible } from "~/look/raw";
import { iso } from "./feed";
import { type Line, levelOf } from "./line";

/** Time, node, how bad, source and text, as `wacket log` prints it. */
export function asText(line: Line): string {
  const level = levelOf(line.severity).toUpperCase();
  const source = line.source ? ` [${visible(line.source)}]` : "";
  return `${iso(line.at)} ${visible(line.node)}${source} ${level ? `${level} ` : ""}${visible(line.body)}`;
}
