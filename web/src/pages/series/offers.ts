// What the picker offers for a text: names on all nodes, single series, everything of a node, the text as a pattern.
import { useAnswer } from "~/api/ask";
import type { SeriesInfo } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { count, value } from "~/look/words";
import { asGlob, literal } from "./choices";

export interface Offer {
  key: string;
  group: "On all nodes" | "Nodes" | "Series" | "As typed";
  label: string;
  hint: string;
  glob: string;
  /** Instead of the glob: one series, told from others of its name by its labels. */
  id?: number;
}

const EACH = 30;

/** The hub is asked only while the list is open. */
export function useOffers(find: string, open: boolean): { offers: Offer[]; asking: boolean } {
  const kept = { enabled: open, staleTime: 10_000, placeholderData: <T>(before: T) => before };
  const names = useAnswer("GET /api/v1/series/names", { query: { find, limit: EACH } }, kept);
  const typed = asGlob(find);
  const match = find ? [typed, ...(typed.includes("/") ? [] : [`${typed}/*`])] : [];
  const series = useAnswer(
    "GET /api/v1/series",
    { query: { match, limit: EACH } },
    { ...kept, enabled: open && find !== "" },
  );
  const { rows } = useFleet();
  const nodes = [...rows.keys()].filter((name) => find && name.toLowerCase().includes(find.toLowerCase()));
  const found = find ? (series.data?.series ?? []) : [];
  const offers = [
    ...(names.data?.names ?? []).map(ofName),
    ...nodes.slice(0, 8).map(ofNode),
    ...found.map((one) => ofSeries(one, found)),
    ...(/[*?[/]/.test(find) ? [ofPattern(find, found.length)] : []),
  ];
  return { offers, asking: open && (names.isFetching || series.isFetching) };
}

interface Named {
  name?: unknown;
  unit?: unknown;
  nodes?: unknown;
}

function ofName(one: Named): Offer {
  const [name, unit] = [String(one.name ?? ""), String(one.unit ?? "")];
  const hint = `${unit ? `${unit} · ` : ""}${count(Number(one.nodes ?? 0), "node")}`;
  return { key: `name ${name}`, group: "On all nodes", label: name, hint, glob: `*/${literal(name)}` };
}

function ofNode(name: string): Offer {
  return { key: `node ${name}`, group: "Nodes", label: name, hint: "all its series", glob: `${literal(name)}/*` };
}

function ofSeries(one: SeriesInfo, all: SeriesInfo[]): Offer {
  const labels = Object.entries(one.labels).map(([name, text]) => `${name}=${text}`);
  const label = `${one.node}/${one.name}${labels.length ? ` {${labels.join(", ")}}` : ""}`;
  const alone = !labels.length && all.filter((other) => other.node === one.node && other.name === one.name).length < 2;
  return {
    key: `series ${one.id}`,
    group: "Series",
    label,
    hint: value(one.value, one.unit),
    glob: `${literal(one.node)}/${literal(one.name)}`,
    ...(alone ? {} : { id: one.id }),
  };
}

function ofPattern(find: string, found: number): Offer {
  const hint = found >= EACH ? `${EACH} and more` : count(found, "series", "series");
  return { key: `pattern ${find}`, group: "As typed", label: find, hint, glob: find };
}
