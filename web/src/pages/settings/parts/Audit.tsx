// Who did what, from where, and how it ended. Endless: older entries come when they are asked for.
import { Button, Code, Select, Table, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { call, type HubError } from "~/api/client";
import type { ActInfo, ActPage } from "~/api/types";
import { When } from "~/look/When";
import { Empty, Shown } from "~/parts/States";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

type Outcome = "ok" | "refused";

function Audit() {
  const [search, setSearch] = useSearchParams();
  const find = search.get("find") ?? "";
  const outcome = search.get("outcome") as Outcome | null;
  const [asked] = useDebouncedValue(find, 250);
  const set = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const log = useInfiniteQuery<ActPage, HubError, { pages: ActPage[] }, unknown[], number | null>({
    queryKey: ["GET /api/v1/audit", asked, outcome],
    queryFn: ({ pageParam, signal }) =>
      call("GET /api/v1/audit", { query: { limit: 100, before: pageParam, find: asked, outcome }, signal }),
    initialPageParam: null,
    getNextPageParam: (last) => last.before,
  });
  return (
    <Section title="Audit log" hint="What was done and what was refused, by people, tokens and the hub itself.">
      <div className={classes.row}>
        <TextInput
          label="Find in who, where, what, details"
          value={find}
          onChange={(event) => set("find", event.currentTarget.value)}
        />
        <Select
          label="How it ended"
          clearable
          placeholder="any"
          data={["ok", "refused"]}
          value={outcome}
          onChange={(value) => set("outcome", value)}
        />
      </div>
      <Shown of={log}>
        {({ pages }) => {
          const acts = pages.flatMap((page) => page.acts);
          if (!acts.length) return <Empty title="Nothing fits" />;
          return (
            <>
              <List label="Audit log" heads={["When", "Who", "What", "Details"]} width={760}>
                {acts.map((act) => (
                  <Act key={act.id} act={act} />
                ))}
              </List>
              {log.hasNextPage && (
                <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                  Older
                </Button>
              )}
            </>
          );
        }}
      </Shown>
    </Section>
  );
}

function Act({ act }: { act: ActInfo }) {
  const details = Object.keys(act.details).length ? JSON.stringify(act.details) : "";
  return (
    <Table.Tr>
      <Table.Td>
        <When at={act.at} />
      </Table.Td>
      <Table.Td>
        <span className="w-told">{act.actor}</span>
        <div className="w-dim w-told">{act.peer}</div>
      </Table.Td>
      <Table.Td>
        <span className="w-told">{act.act}</span> {act.outcome !== "ok" && <strong>{act.outcome}</strong>}
        <div className="w-told">{act.subject}</div>
      </Table.Td>
      <Table.Td className={classes.details}>{details && <Code className="w-told">{details}</Code>}</Table.Td>
    </Table.Tr>
  );
}

export const part: SettingsPart = { slug: "audit", title: "Audit log", order: 8, right: "admin", body: Audit };
