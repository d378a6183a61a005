// What people do with a node from any list, each with a way back where there is one.
import { call } from "~/api/client";
import { told, trouble } from "~/look/tell";
import { undoable } from "~/look/undo";

function set(name: string, state: "adopted" | "retired"): Promise<unknown> {
  return call("PATCH /api/v1/nodes/{name}", { path: { name }, body: { state } });
}

/** No longer heard; its history stays. */
export function retire(name: string): void {
  set(name, "retired").then(
    () => undoable(`${name} is retired; its history stays`, () => set(name, "adopted")),
    trouble,
  );
}

/** Let in what waits. */
export function accept(name: string): void {
  set(name, "adopted").then(() => told(`${name} is let in`), trouble);
}

/** Turn away what waits; it is not heard until somebody lets it in after all. */
export function refuse(name: string): void {
  set(name, "retired").then(() => undoable(`${name} is turned away`, () => set(name, "adopted")), trouble);
}
