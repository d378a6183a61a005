// A person's own hardware, and nobody else's: how it is, running a program on it, what it answered, what happened before.
import { Text, Title } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import { useMe } from "~/api/me";
import type { OwnHardware } from "~/api/types";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { Course, History } from "~/parts/class/History";
import { Output } from "~/parts/class/Output";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown } from "~/parts/States";
import { Ask } from "./Ask";
import classes from "./mine.module.css";
import { goesOn, isOld } from "./words";

const PRESENCE: Record<string, string> = {
  up: "is connected",
  late: "is late to answer",
  down: "is not connected",
  off: "is turned off",
  pending: "waits to be let in",
  retired: "is retired",
};

export default function Mine() {
  const me = useMe();
  const found = useAnswer("GET /api/v1/class/{user}", { path: { user: me.name } }, { retry: false });
  return (
    <>
      <PageHead title="My hardware" name="My hardware">
        {found.data?.classes.length ? <span className="w-dim w-told">{found.data.classes.join(", ")}</span> : null}
      </PageHead>
      {found.error?.status === 404 ? (
        <Empty title="You have no hardware here yet">
          <Text size="sm">
            Ask your teacher to take <b className="w-told">{me.name}</b> into a class. This page shows it by itself
            then.
          </Text>
        </Empty>
      ) : (
        <Shown of={found}>{(own) => <Own own={own} />}</Shown>
      )}
    </>
  );
}

function Own({ own }: { own: OwnHardware }) {
  return (
    <div className={classes.mine}>
      <div className={classes.left}>
        <State own={own} />
        <Ask key={own.user} own={own} />
      </div>
      <div className={classes.right}>
        <Answer own={own} />
        <section className="w-card" aria-labelledby="history">
          <Title order={2} id="history" mb="xs">
            History
          </Title>
          {own.since > 0 ? <History user={own.user} /> : <Text className="w-dim">Nothing has happened yet.</Text>}
        </section>
      </div>
    </div>
  );
}

function State({ own }: { own: OwnHardware }) {
  return (
    <section className="w-card" aria-labelledby="state">
      <Title order={2} id="state" mb="xs">
        State
      </Title>
      <div className={classes.facts}>
        <span role="status">
          <Status state={own.word} large />
        </span>
        {own.since > 0 && <When at={own.since} />}
        {own.seat && <span className="w-told">seat {own.seat}</span>}
      </div>
      <Text mt={4}>{goesOn(own)}</Text>
      <div className={classes.facts}>
        {own.node ? (
          <>
            <Status state={own.presence || "unknown"} bare />
            <span>
              Your board <b className="w-told">{own.node}</b> {PRESENCE[own.presence] ?? "is not known"}.
            </span>
          </>
        ) : (
          <span className="w-dim">Your board comes to the hub for its programs by itself.</span>
        )}
      </div>
    </section>
  );
}

function Answer({ own }: { own: OwnHardware }) {
  const old = isOld(own);
  const nothing = !own.hw_response && !own.hw_err && !own.server_analysis && own.hw_exit === null;
  return (
    <section className="w-card" aria-labelledby="answer">
      <Title order={2} id="answer" mb="xs">
        {old ? "Answer before" : "Last answer"}
      </Title>
      {nothing ? (
        <Text className="w-dim">There is none yet. Run a program, and it appears here.</Text>
      ) : (
        <>
          {!old && <Course user={own.user} />}
          <Output title="Standard output" text={own.hw_response} />
          {own.hw_err && <Output title="Standard error" text={own.hw_err} wrong />}
          {own.hw_exit !== null && (
            <Text mb="sm">
              Exit code <b className="w-number">{own.hw_exit}</b>
              {own.hw_exit === 0 ? ": it ended well." : ": it ended with an error."}
            </Text>
          )}
          {own.server_analysis && own.state === 0 && <Output title="Verdict" text={own.server_analysis} />}
          {own.hw_command && (
            <details>
              <summary>The program that was run</summary>
              <Output title="Program" text={own.hw_command} />
            </details>
          )}
        </>
      )}
    </section>
  );
}
