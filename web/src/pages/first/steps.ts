// PURE: the steps of the first run, and where it goes on.

export const STEPS = ["you", "place", "chart", "add"] as const;
export type Step = (typeof STEPS)[number];
export const START = "start"; // nobody has begun
export const DONE = "done";

export const TITLES: Record<Step, string> = {
  you: "You",
  place: "This place",
  chart: "Your first chart",
  add: "Add machines",
};

export function after(step: Step): Step | typeof DONE {
  return STEPS[STEPS.indexOf(step) + 1] ?? DONE;
}

/** The step at which the guide goes on for somebody who is signed in; null where it is over or has not begun. */
export function resumed(firstRun: string): Step | null {
  const step = STEPS.find((one) => one === firstRun);
  return step && step !== "you" ? step : null;
}

/** Where a link leads to behind the door: a place of this page, never of another site. */
export function placeIn(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) ? to : "/";
}

export type Kind = "class" | "demo room" | "home" | "office" | "research" | "workshop" | "other";

/** What people run, and what helps them first. */
export const KINDS: { kind: Kind; title: string; about: string }[] = [
  { kind: "class", title: "A class", about: "students and their boards" },
  { kind: "demo room", title: "A demo room", about: "machines that must run" },
  { kind: "home", title: "A home", about: "sensors and a few computers" },
  { kind: "office", title: "A small office", about: "the computers of colleagues" },
  { kind: "research", title: "Research", about: "measurements that must not get lost" },
  { kind: "workshop", title: "A workshop", about: "benches, rigs, boards" },
  { kind: "other", title: "Something else", about: "all of it, or none of these" },
];

/** Whether a place of this kind begins with boards rather than with computers. */
export function boardsFirst(kind: Kind): boolean {
  return kind === "home" || kind === "workshop";
}
