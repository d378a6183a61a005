// Asks a whole class, or some of it one after the other, to run a program; and what came of that.
import { call, HubError } from "~/api/client";
import type { ClassMember } from "~/api/types";

export interface Wish {
  program: string;
  timeout: number;
  check: string;
}

export interface Asked {
  users: number;
  leftOut: { user: string; why: string }[];
}

/** `users` null: everybody of the class `name`. "" is no class, and people are asked singly. */
export async function askFor(name: string, users: string[] | null, wish: Wish): Promise<Asked> {
  if (users === null) {
    const made = await call("POST /api/v1/rounds", { body: { class: name, ...wish } });
    return { users: made.users.length, leftOut: made.left_out };
  }
  const asked: Asked = { users: 0, leftOut: [] };
  for (const user of users) {
    try {
      const made = await call("POST /api/v1/rounds", { body: { class: name, user, ...wish } });
      asked.users += made.users.length;
      asked.leftOut.push(...made.left_out);
    } catch (error) {
      // Refused is this one; where the hub is gone, or the program cannot be, it is all of them.
      if (!(error instanceof HubError && error.status === 400)) throw error;
      asked.leftOut.push({ user, why: error.message });
    }
  }
  return asked;
}

/** Say what the answers of these are worth. Whose answer was judged meanwhile is passed over. */
export async function judge(users: string[], text: string): Promise<void> {
  for (const user of users) {
    await call("POST /api/v1/class/{user}/analysis", { path: { user }, body: { text } }).catch((error) => {
      if (!(error instanceof HubError && error.status === 400)) throw error;
    });
  }
}

/** Those who have answered and wait for an analysis are done with: only then can they be asked again. */
export function done(members: ClassMember[]): Promise<void> {
  const users = members.filter((one) => one.state === 3).map((one) => one.user);
  return judge(users, "seen");
}

/** Whoever of these is at rest can be asked; who answered can be, once that is done with. */
export function askable(members: ClassMember[], again: boolean): ClassMember[] {
  return members.filter((one) => one.state === 0 || (again && one.state === 3));
}
