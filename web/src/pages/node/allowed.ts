// PURE: what a machine allows, in plain words, and what its owner types there to change it.

export interface Allowance {
  name: string;
  means: string;
  allowed: boolean;
  /** To be typed on the machine. */
  line: string;
}

const MEANS: Record<string, string> = {
  metrics: "tells its numbers: processor, memory, disks …",
  logs: "tells what it logs",
  run: "runs commands and programs, as its own account",
  root: "runs them as root where somebody asks for it",
  shell: "opens terminals",
  files: "sends files away and takes them",
};

export function allowances(allows: Record<string, boolean>): Allowance[] {
  return Object.entries(MEANS).map(([name, means]) => {
    const allowed = allows[name] ?? false;
    return { name, means, allowed, line: `wacket-agent ${allowed ? "deny" : "allow"} ${name}` };
  });
}
