// The whole hub as one file, and back. What a restore replaces is said before; until the hub starts anew nothing changes.
import { Alert, Button, FileButton, Group, Progress, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { forget, useAct, useAnswer } from "~/api/ask";
import type { WaitingRestore } from "~/api/types";
import { told, trouble } from "~/look/tell";
import { When } from "~/look/When";
import { bytes, count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { Shown } from "~/parts/States";
import { type Sending, sendArchive } from "../archive";
import type { SettingsPart } from "../part";
import { Section } from "../Section";
import classes from "../settings.module.css";

function Backup() {
  return (
    <>
      <Section
        title="Backup"
        hint="Everything the hub keeps, as it is at one moment, in one file; the hub goes on working."
      >
        <Text size="sm" mb="sm">
          The file holds readings, logs, accounts, settings and the outputs of jobs, and also{" "}
          <strong>the hub’s keys and the hashes of passwords</strong>: keep it as safe as the hub itself.
        </Text>
        <Group mb="md">
          <Button component="a" href="/api/v1/backup" download>
            Download a backup
          </Button>
        </Group>
        <Text size="sm" className="w-dim" mb={4}>
          The same in the terminal, for example each night:
        </Text>
        <CopyLine text="wacket backup wacket-$(date +%F).tar" />
      </Section>
      <Section title="Restore" hint="The file is read to its end and every part of it checked before anything else.">
        <Restore />
      </Section>
    </>
  );
}

function Restore() {
  const state = useAnswer("GET /api/v1/restore");
  return <Shown of={state}>{({ waiting }) => (waiting ? <Waiting waiting={waiting} /> : <Send />)}</Shown>;
}

function Send() {
  const client = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const sending = useRef<Sending | null>(null);
  useEffect(() => () => sending.current?.stop(), []);
  const send = (file: File | null) => {
    if (!file) return;
    setShare(0);
    sending.current = sendArchive(file, setShare);
    sending.current.done
      .then(() => told("The backup is whole. It is restored when the hub starts the next time."), trouble)
      .finally(() => {
        setShare(null);
        sending.current = null;
        void forget(client, "/api/v1/restore");
      });
  };
  if (share === null) {
    return (
      <FileButton onChange={send} accept=".tar,application/x-tar">
        {(props) => (
          <Button variant="default" {...props}>
            Choose a backup …
          </Button>
        )}
      </FileButton>
    );
  }
  return (
    <div role="status">
      <Progress value={share * 100} aria-label="Sent" mb="xs" />
      <Group justify="space-between">
        <Text size="sm">{share < 1 ? `Sending, ${Math.floor(share * 100)} %` : "The hub checks it …"}</Text>
        <Button size="xs" variant="default" onClick={() => sending.current?.stop()}>
          Stop
        </Button>
      </Group>
    </div>
  );
}

function Waiting({ waiting }: { waiting: WaitingRestore }) {
  const cancel = useAct("DELETE /api/v1/restore", { done: () => told("Nothing will change.") });
  return (
    <Alert color="yellow" title="A restore waits for the next start of the hub">
      <dl className={classes.facts}>
        <dt>Made</dt>
        <dd>
          <When at={waiting.made} /> on <span className="w-told">{waiting.host}</span> by version {waiting.wacket}
        </dd>
        <dt>Holds</dt>
        <dd>
          {count(waiting.files, "file")}, {bytes(waiting.bytes)}
          {waiting.left_out > 0 &&
            `; ${count(waiting.left_out, "file")} were damaged when it was made and are left out`}
        </dd>
        <dt>Replaces</dt>
        <dd>{waiting.replaces.join(", ") || "nothing: the folder is empty"}</dd>
        <dt>What is there now</dt>
        <dd>
          is kept in the data folder, as <code>{waiting.kept_as}</code>
        </dd>
        <dt>Next</dt>
        <dd>{waiting.next}</dd>
      </dl>
      <Button mt="md" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({})}>
        Call it off
      </Button>
    </Alert>
  );
}

export const part: SettingsPart = { slug: "backup", title: "Backup", order: 7, right: "admin", body: Backup };
