// Ctrl/Cmd+K: nodes, pages and actions by their names. `>` shows only actions, `#` only tags.
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useMay } from "~/api/me";
import { useFleet } from "~/live/fleet";
import type { FleetRow } from "~/live/wire";
import { Status } from "~/look/Status";
import { tagText } from "~/parts/target/match";
import { useListed } from "./keys";
import { rootOf, useOffered } from "./offered";

const [store, actions] = createSpotlight();
const MOST = 12;

interface Entry {
  id: string;
  group: "Nodes" | "Pages" | "Actions" | "Tags";
  label: string;
  hint?: string;
  state?: string;
  act: () => void;
}

/** Opens each time that `asked` is another. */
export default function Palette({ asked }: { asked: number }) {
  const [query, setQuery] = useState("");
  useEffect(() => {
    if (asked) actions.open();
  }, [asked]);
  return (
    <Spotlight.Root store={store} query={query} onQueryChange={setQuery} clearQueryOnClose shortcut={null}>
      <Spotlight.Search placeholder="Find a node, a page or an action …   > actions   # tags" aria-label="Find" />
      <Spotlight.ActionsList>
        <Entries query={query} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function Entries({ query }: { query: string }) {
  const found = matching(useEntries(), query);
  if (!found.length) return <Spotlight.Empty>Nothing is called that</Spotlight.Empty>;
  const groups = [...new Set(found.map((one) => one.group))];
  return groups.map((group) => (
    <Spotlight.ActionsGroup key={group} label={group}>
      {found
        .filter((one) => one.group === group)
        .map((one) => (
          <Spotlight.Action
            key={one.id}
            label={one.label}
            description={one.hint}
            onClick={one.act}
            leftSection={one.state ? <Status state={one.state} bare /> : undefined}
          />
        ))}
    </Spotlight.ActionsGroup>
  ));
}

function useEntries(): Entry[] {
  const [, go] = useLocation();
  const { rows } = useFleet();
  const offered = useOffered();
  const listed = useListed();
  const sees = useMay("read");
  const nodes = sees ? [...rows.values()].map((row) => nodeEntry(row, go)) : [];
  const tags = [...new Set([...rows.values()].flatMap((row) => Object.entries(row.tags).map(tagText)))].map((tag) => ({
    id: `tag ${tag}`,
    group: "Tags" as const,
    label: `#${tag}`,
    act: () => go(`/?find=${encodeURIComponent(`tag:${tag}`)}`),
  }));
  const places = offered.map((page) => ({
    id: page.path,
    group: "Pages" as const,
    label: page.title,
    act: () => go(rootOf(page)),
  }));
  const keyed = listed
    .filter((group) => group.title !== "Go to")
    .flatMap((group) => group.shortcuts)
    .filter((one) => one.keys !== "mod+k")
    .map((one) => ({
      id: `key ${one.keys}`,
      group: "Actions" as const,
      label: one.what,
      hint: one.keys,
      act: one.act,
    }));
  return [...places, ...nodes, ...keyed, ...tags];
}

function nodeEntry(row: FleetRow, go: (place: string) => void): Entry {
  return {
    id: `node ${row.name}`,
    group: "Nodes",
    label: row.name,
    hint: row.problems.map((one) => one.text).join(" · ") || row.os,
    state: row.status,
    act: () => go(`/nodes/${encodeURIComponent(row.name)}`),
  };
}

/** PURE: the entries that fit, names that begin so first, at most a dozen of each group. */
export function matching(entries: Entry[], query: string): Entry[] {
  const only = query.startsWith(">") ? "Actions" : query.startsWith("#") ? "Tags" : null;
  const text = query.replace(/^[>#]/, "").trim().toLowerCase();
  const fitting = entries.filter((one) => {
    if (only ? one.group !== only : !text && one.group !== "Pages" && one.group !== "Actions") return false;
    return `${one.label} ${one.hint ?? ""}`.toLowerCase().includes(text);
  });
  const ranked = fitting.sort((a, b) => rank(a, text) - rank(b, text));
  const taken: Record<string, number> = {};
  return ranked.filter((one) => {
    taken[one.group] = (taken[one.group] ?? 0) + 1;
    return (taken[one.group] as number) <= MOST;
  });
}

function rank(entry: Entry, text: string): number {
  const at = entry.label.replace(/^#/, "").toLowerCase().indexOf(text);
  return at < 0 ? 1_000 : at;
}
