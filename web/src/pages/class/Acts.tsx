// What can be done with a class as a whole.
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconDots, IconDownload, IconPlayerPlay, IconPresentation, IconTrash, IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { forget } from "~/api/ask";
import { call } from "~/api/client";
import { useMay } from "~/api/me";
import type { ClassMember } from "~/api/types";
import { told, trouble } from "~/look/tell";
import { undoable } from "~/look/undo";
import { count } from "~/look/words";
import { classPlace, type Seen } from "./address";
import { answersFile } from "./answers";
import { done } from "./asking";
import classes from "./class.module.css";
import { download } from "./download";

interface Props {
  name: string;
  members: ClassMember[];
  counts: Map<string, number>;
  seen: Seen;
  change: (change: Partial<Seen>) => void;
  ask: (users?: string[]) => void;
}

export function Acts({ name, members, counts, seen, change, ask }: Props) {
  const operates = useMay("operate");
  const { busy, doing } = useDoing();
  const stuck = counts.get("stuck") ?? 0;
  const chosen = members.filter((one) => seen.selected.has(one.user)).length;
  return (
    <>
      {operates && (
        <Button
          className={classes.primary}
          leftSection={<IconPlayerPlay size={16} />}
          onClick={() => ask()}
          disabled={!members.length}
        >
          {chosen ? `Ask ${chosen} chosen …` : `Ask all ${members.length} …`}
        </Button>
      )}
      {operates && stuck > 0 && (
        <Button
          className={classes.primary}
          variant="default"
          loading={busy}
          onClick={() => doing(() => reset(name, members, true))}
        >
          Reset stuck {stuck}
        </Button>
      )}
      {operates && name && (
        <Button variant="default" leftSection={<IconUsers size={16} />} onClick={() => change({ open: "people" })}>
          People
        </Button>
      )}
      <Tooltip label="Projector: large, without names (p)">
        <ActionIcon
          component={Link}
          href={classPlace(name, "projector")}
          size="lg"
          variant="default"
          aria-label="On the projector"
        >
          <IconPresentation size={18} />
        </ActionIcon>
      </Tooltip>
      <More name={name} members={members} operates={operates} doing={doing} />
    </>
  );
}

interface MoreProps {
  name: string;
  members: ClassMember[];
  operates: boolean;
  doing: (act: () => Promise<void>) => void;
}

function More({ name, members, operates, doing }: MoreProps) {
  const [, go] = useLocation();
  const answered = members.filter((one) => one.state === 3).length;
  const busy = members.filter((one) => one.state !== 0).length;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" variant="default" aria-label="More">
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => void save(name, members).catch(trouble)}>
          Answers as CSV
        </Menu.Item>
        {operates && (
          <>
            <Menu.Item disabled={!answered} onClick={() => doing(() => judgeAll(name, members))}>
              Mark {count(answered, "answer")} as seen
            </Menu.Item>
            <Menu.Item disabled={!busy} onClick={() => doing(() => reset(name, members, false))}>
              Put all at rest ({busy})
            </Menu.Item>
          </>
        )}
        {operates && name && (
          <Menu.Item
            leftSection={<IconTrash size={16} />}
            onClick={() =>
              doing(async () => {
                await remove(name, members);
                go("/class");
              })
            }
          >
            Remove the class
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Does something, tells what went wrong, and has the class asked for anew. */
export function useDoing(): { busy: boolean; doing: (act: () => Promise<void>) => void } {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const doing = (act: () => Promise<void>) => {
    setBusy(true);
    act()
      .catch(trouble)
      .finally(() => {
        setBusy(false);
        void forget(client, "/api/v1/class", "/api/v1/classes");
      });
  };
  return { busy, doing };
}

async function reset(name: string, members: ClassMember[], stuck: boolean): Promise<void> {
  if (name) {
    const { users } = await call("POST /api/v1/classes/{name}/reset", { path: { name }, body: { stuck } });
    told(`${count(users.length, "person is", "people are")} at rest.`);
    return;
  }
  const wanted = members.filter((one) => (stuck ? one.word === "stuck" : one.state !== 0));
  for (const { user } of wanted) await call("POST /api/v1/class/{user}/reset", { path: { user } });
  told(`${count(wanted.length, "person is", "people are")} at rest.`);
}

async function judgeAll(name: string, members: ClassMember[]): Promise<void> {
  if (name) await call("POST /api/v1/classes/{name}/analysis", { path: { name }, body: { text: "seen" } });
  else await done(members);
}

async function save(name: string, members: ClassMember[]): Promise<void> {
  const whole: ClassMember[] = [];
  let after: string | null | undefined = "";
  while (name && after !== null && after !== undefined) {
    const page: { members: ClassMember[]; cursor?: string | null } = await call("GET /api/v1/classes/{name}/answers", {
      path: { name },
      query: { after },
    });
    whole.push(...page.members);
    after = page.cursor;
  }
  const file = `answers-${(name || "everybody").replace(/[^\p{L}\p{N}.-]+/gu, "-")}.csv`;
  download(file, answersFile(name ? whole : members));
}

async function remove(name: string, members: ClassMember[]): Promise<void> {
  const back = members.map(({ user, node, seat }) => ({ user, node: node || null, seat }));
  await call("DELETE /api/v1/classes/{name}", { path: { name } });
  undoable(`The class ${name} is removed; what its people did stays.`, () =>
    call("POST /api/v1/classes", { body: { name, members: back } }),
  );
}
