// One class, live: how many are how, everybody as table or seats, what was answered, and what can be done with them.
import { Alert, Text } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { useMay } from "~/api/me";
import type { ClassMember } from "~/api/types";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown } from "~/parts/States";
import { useKeys } from "~/shell/keys";
import { Acts } from "./Acts";
import { Answers } from "./Answers";
import { AskDrawer } from "./AskDrawer";
import { classPlace, useSeen } from "./address";
import type { Asked } from "./asking";
import { Filter } from "./Filter";
import { chosen, counted, heard } from "./model";
import { PeopleDrawer } from "./PeopleDrawer";
import { PersonDrawer } from "./PersonDrawer";
import { Seats } from "./Seats";
import { Table } from "./Table";
import { useClass } from "./useClass";
import { useHeard } from "./useHeard";

export function OneClass({ name }: { name: string }) {
  const found = useClass(name);
  if (found.error?.status === 404) {
    return (
      <>
        <PageHead title="Class" name="Class" />
        <Empty title={`There is no class “${name.slice(0, 64)}”`}>
          <Link href="/class">All classes</Link>
        </Empty>
      </>
    );
  }
  return <Shown of={found}>{(members) => <Body name={name} members={members} />}</Shown>;
}

function Body({ name, members }: { name: string; members: ClassMember[] }) {
  const [seen, change] = useSeen();
  const [, go] = useLocation();
  const operates = useMay("operate");
  const [asked, setAsked] = useState<Asked | null>(null);
  const counts = useMemo(() => counted(members), [members]);
  const shown = useMemo(() => chosen(members, seen.states, seen.find, seen.sort), [members, seen]);
  const title = name || "Everybody";
  const ask = useCallback(
    (users?: string[]) => change(users ? { selected: new Set(users), open: "ask", who: "" } : { open: "ask" }),
    [change],
  );
  useKeys("Class", [
    { keys: "p", what: "On the projector, without names", act: () => go(classPlace(name, "projector")) },
    { keys: "v", what: "Table or seats", act: () => change({ view: seen.view === "table" ? "seats" : "table" }) },
    ...(operates ? [{ keys: "a", what: "Ask to run a program", act: () => ask() }] : []),
  ]);
  const list = { placed: Boolean(name), members: shown, seen, change, ask, operates };
  const drawer = members.find((one) => one.user === seen.who);
  return (
    <>
      <PageHead
        title={<span className="w-told">{title}</span>}
        name={title}
        actions={<Acts name={name} members={members} counts={counts} seen={seen} change={change} ask={ask} />}
      />
      <div role="status" className="w-heard">
        {useHeard(heard(counts))}
      </div>
      {asked && <AskedNote asked={asked} onClose={() => setAsked(null)} />}
      {members.length > 0 ? (
        <>
          <Filter seen={seen} change={change} counts={counts} all={members.length} />
          {!shown.length && <Text mt="md">Nobody fits the filter.</Text>}
          {seen.view === "seats" ? <Seats {...list} /> : <Table {...list} />}
          <Answers name={name} members={members} onWho={(who) => change({ who })} />
        </>
      ) : (
        <Empty title="Nobody is in this class yet">
          {operates && name ? "Press People, and paste their names." : "Whoever’s hardware speaks appears here."}
        </Empty>
      )}
      {drawer && <PersonDrawer member={drawer} members={members} name={name} seen={seen} change={change} ask={ask} />}
      {operates && <AskDrawer name={name} members={members} seen={seen} change={change} onAsked={setAsked} />}
      {operates && name && (
        <PeopleDrawer
          name={name}
          members={members}
          opened={seen.open === "people"}
          onClose={() => change({ open: "" })}
        />
      )}
    </>
  );
}

function AskedNote({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  return (
    <Alert
      mb="md"
      withCloseButton
      closeButtonLabel="Put this away"
      onClose={onClose}
      color={asked.leftOut.length ? "yellow" : "blue"}
      title={`Asked ${asked.users} of ${asked.users + asked.leftOut.length}`}
    >
      {asked.leftOut.slice(0, 8).map(({ user, why }) => (
        <div key={user} className="w-told">
          {user}: {why}
        </div>
      ))}
      {asked.leftOut.length > 8 && <div>and {asked.leftOut.length - 8} more</div>}
    </Alert>
  );
}
