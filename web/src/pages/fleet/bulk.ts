// Changes many nodes at once, and says of which it could not.
import { type Answer, call, type Given } from "~/api/client";

const ROUTE = "POST /api/v1/nodes/bulk";
type Change = NonNullable<Given<typeof ROUTE>["body"]>;
export type BulkAnswer = Answer<typeof ROUTE>;
export type Outcome = BulkAnswer["results"][number];

export function bulk(body: Change): Promise<BulkAnswer> {
  return call(ROUTE, { body });
}

const FEW = 3;

/** PURE: in one sentence, with which it could not be done and why; "" if with all. */
export function failures(results: readonly Outcome[]): string {
  const wrong = results.filter((one) => !one.ok);
  if (!wrong.length) return "";
  const named = wrong.slice(0, FEW).map((one) => `${one.name}: ${one.why}`);
  const more = wrong.length > FEW ? `; and ${wrong.length - FEW} more` : "";
  return `${wrong.length} of ${results.length} not done: ${named.join("; ")}${more}`;
}
