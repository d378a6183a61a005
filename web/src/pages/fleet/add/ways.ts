// PURE: the ways to install the agent, from the line that the hub made.

export interface Parted {
  hub: string;
  checksum: string;
}

/** What stands in the hub's line: where it fetches the agent, and by which checksum it knows it. */
export function partsOf(line: string): Parted | null {
  const hub = /(https?:\/\/[^\s"]+?)\/agent\//.exec(line)?.[1];
  const checksum = /\b[0-9a-f]{64}\b/.exec(line)?.[0];
  return hub && checksum ? { hub, checksum } : null;
}

/** The steps of the careful way: fetch the script, read it, run it. */
export function careful({ hub, checksum }: Parted): string[] {
  const fetch = hub.startsWith("https:") ? "curl -fsSk" : "curl -fsS";
  return [`${fetch} -o install.sh ${hub}/agent/install.sh`, "less install.sh", `sh install.sh ${hub} ${checksum}`];
}

export interface Wish {
  tags: Record<string, string>;
  uses: number;
  hours: number;
  accept: boolean;
}

/** The same in the terminal of the hub. */
export function inTerminal({ tags, uses, hours, accept }: Wish): string {
  const told = Object.entries(tags).map(([name, value]) => `--tag ${quoted(value ? `${name}=${value}` : name)}`);
  if (uses !== 1) told.push(`--uses ${uses}`);
  if (hours !== 1) told.push(`--hours ${hours}`);
  if (accept) told.push("--accept");
  return ["wacket token create", ...told].join(" ");
}

function quoted(text: string): string {
  return /^[A-Za-z0-9._=:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The network of an IPv4 address as people mean it, `10.0.2.0/24`; null for all others. */
export function subnetOf(peer: string): string | null {
  const found = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(peer);
  return found ? `${found[1]}.0/24` : null;
}

/** Networks from which several wait, the largest first. */
export function crowds(peers: readonly string[]): { subnet: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const peer of peers) {
    const subnet = subnetOf(peer);
    if (subnet) counts.set(subnet, (counts.get(subnet) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([subnet, count]) => ({ subnet, count }))
    .sort((a, b) => b.count - a.count);
}
