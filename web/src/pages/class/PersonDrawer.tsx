// One person's hardware: what it was given, what it said, how long each step took, what happened before, and how it
// stands against the class.
import { Button, Drawer, Group, Tabs } from "@mantine/core";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { ClassMember } from "~/api/types";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { Course, History } from "~/parts/class/History";
import { Output } from "~/parts/class/Output";
import { Empty, Shown } from "~/parts/States";
import { Said, useFolded } from "./Answers";
import type { Seen, Tab } from "./address";
import classes from "./class.module.css";
import { DrawerTitle } from "./DrawerTitle";
import { Judging } from "./Judge";
import { Board } from "./Table";

interface Props {
  name: string;
  member: ClassMember;
  members: ClassMember[];
  seen: Seen;
  change: (change: Partial<Seen>) => void;
  ask: (users: string[]) => void;
}

export function PersonDrawer({ name, member, members, seen, change, ask }: Props) {
  const operates = useMay("operate");
  const { user, seat } = member;
  return (
    <Drawer
      opened
      onClose={() => change({ who: "" })}
      position="right"
      size="xl"
      title={<DrawerTitle>{seat ? `${seat} · ${user}` : user}</DrawerTitle>}
    >
      <div className={classes.facts}>
        <Status state={member.word} large />
        <When at={member.since} never="never asked" />
        {name && <Board member={member} />}
        {member.hw_exit !== null && member.state !== 1 && member.state !== 2 && <span>exit {member.hw_exit}</span>}
      </div>
      {member.since > 0 && <Course user={user} />}
      {operates && <Doing member={member} ask={ask} />}
      <Tabs value={seen.tab} onChange={(tab) => change({ tab: tab as Tab })} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="answer">Answer</Tabs.Tab>
          <Tabs.Tab value="program">Program</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="versus">Against the class</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="answer">
          <Whole user={user} of="answer" />
        </Tabs.Panel>
        <Tabs.Panel value="program">
          <Whole user={user} of="program" />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          {member.since > 0 ? <History user={user} /> : <Empty title="Nothing has happened yet" />}
        </Tabs.Panel>
        <Tabs.Panel value="versus">
          <Versus name={name} member={member} members={members} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}

function Doing({ member, ask }: { member: ClassMember; ask: Props["ask"] }) {
  const reset = useAct("POST /api/v1/class/{user}/reset");
  const { user, state } = member;
  return (
    <>
      <Group mb="md">
        <Button variant="default" disabled={state === 1 || state === 2} onClick={() => ask([user])}>
          Ask …
        </Button>
        <Button
          variant="default"
          disabled={state === 0}
          loading={reset.isPending}
          onClick={() => reset.mutate({ path: { user } })}
        >
          Put at rest
        </Button>
      </Group>
      {state === 3 && <Judging users={[user]} />}
    </>
  );
}

function Whole({ user, of }: { user: string; of: "answer" | "program" }) {
  const found = useAnswer("GET /api/v1/class/{user}", { path: { user } }, { retry: false });
  return (
    <Shown of={found}>
      {(whole) =>
        of === "program" ? (
          <Output title="Program" text={whole.hw_command} none="No program was ever asked for." />
        ) : (
          <>
            <Output title="Standard output" text={whole.hw_response} />
            <Output title="Standard error" text={whole.hw_err} wrong />
            <Output
              title={whole.judge ? `Verdict (${whole.judge})` : "Verdict"}
              text={whole.state === 3 ? "" : whole.server_analysis}
              none="none yet"
            />
          </>
        )
      }
    </Shown>
  );
}

function Versus({ name, member, members }: Pick<Props, "name" | "member" | "members">) {
  const { answers } = useFolded(name, members);
  const own = answers.find((group) => group.users.includes(member.user));
  const most = answers[0];
  const all = answers.reduce((sum, group) => sum + group.users.length, 0);
  if (!own || !most) return <p className="w-dim">There is no answer that could be compared yet.</p>;
  return (
    <>
      <p>
        {own.users.length === 1
          ? `Nobody else of ${all} who answered said the same.`
          : `${own.users.length} of ${all} who answered said the same.`}
      </p>
      <Said group={own} />
      {own !== most && (
        <>
          <p>
            Most said ({most.users.length} of {all}):
          </p>
          <Said group={most} />
        </>
      )}
    </>
  );
}
