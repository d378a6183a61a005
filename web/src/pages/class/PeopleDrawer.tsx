// Who is in a class: made out of a list that is pasted or dropped, and changed the same way. Students' accounts come with
// it where an admin wants them.
import { Alert, Button, Checkbox, Drawer, FileButton, Group, Text, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type FormEvent, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { forget } from "~/api/ask";
import { call } from "~/api/client";
import { useMay } from "~/api/me";
import type { ClassMember } from "~/api/types";
import { told, trouble } from "~/look/tell";
import { count } from "~/look/words";
import { classPlace } from "./address";
import { DrawerTitle } from "./DrawerTitle";
import { type Letter, Letters } from "./Letters";
import { changes, type Listed, listed, written } from "./people";

const LARGEST = 1_000_000; // bytes of a file

interface Props {
  opened: boolean;
  onClose: () => void;
  /** The class that is changed; without one, it is made. */
  name?: string;
  members?: ClassMember[];
}

export function PeopleDrawer({ opened, onClose, name, members }: Props) {
  const title = name ? `People of ${name}` : "Make a class";
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title={<DrawerTitle>{title}</DrawerTitle>}>
      <Form onClose={onClose} {...(name === undefined ? {} : { name })} members={members ?? []} />
    </Drawer>
  );
}

function Form({ name, members, onClose }: { name?: string; members: ClassMember[]; onClose: () => void }) {
  const client = useQueryClient();
  const admin = useMay("admin");
  const [, go] = useLocation();
  const [called, setCalled] = useState(name ?? "");
  const [text, setText] = useState(() => written(members));
  const [accounts, setAccounts] = useState(false);
  const [busy, setBusy] = useState(false);
  const [letters, setLetters] = useState<Letter[]>([]);
  const found = useMemo(() => listed(text), [text]);
  const save = async () => {
    setBusy(true);
    try {
      await (name
        ? change(name, members, found)
        : call("POST /api/v1/classes", { body: { name: called, members: found.members } }));
      const made = accounts ? await lettersFor(found) : [];
      await forget(client, "/api/v1/classes", "/api/v1/class", "/api/v1/people");
      told(`${called}: ${count(found.members.length, "person", "people")}.`);
      setLetters(made);
      if (!made.length) done();
    } catch (error) {
      trouble(error);
    }
    setBusy(false);
  };
  const done = () => (name ? onClose() : go(classPlace(called)));
  const send = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };
  if (letters.length) return <Letters letters={letters} onDone={done} />;
  return (
    <form onSubmit={send}>
      {!name && (
        <TextInput
          label="Name of the class"
          placeholder="6.08 Tue"
          required
          maxLength={64}
          data-autofocus
          value={called}
          onChange={(event) => setCalled(event.currentTarget.value)}
        />
      )}
      <List text={text} onText={setText} />
      <Summary found={found} members={members} />
      {admin && (
        <Checkbox
          mt="md"
          label="Make accounts for them, with a sign-in link for each"
          description="They then see their own hardware, may run their own programs on it, and see nothing of others."
          checked={accounts}
          onChange={(event) => setAccounts(event.currentTarget.checked)}
        />
      )}
      <Group mt="md">
        <Button type="submit" loading={busy} disabled={Boolean(found.wrong.length)}>
          {name ? "Save" : "Make the class"}
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}

function List({ text, onText }: { text: string; onText: (text: string) => void }) {
  const take = (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > LARGEST) trouble(new Error("this file is larger than a list of names can be"));
    else file.text().then(onText, trouble);
  };
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return (
    <>
      <Textarea
        mt="md"
        label="People"
        description="A line for each: name, or name,board or name,board,seat. Paste from a spreadsheet, or drop a CSV file here."
        placeholder={"Amara,pi-01,A1\nBen,pi-02,A2\nChen"}
        autosize
        minRows={8}
        maxRows={22}
        spellCheck={false}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onDrop={drop}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
      <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={take}>
        {(props) => (
          <Button {...props} variant="default" size="compact-sm" mt="xs">
            From a file …
          </Button>
        )}
      </FileButton>
    </>
  );
}

/** What saving would do, before it does. */
function Summary({ found, members }: { found: Listed; members: ClassMember[] }) {
  const boards = found.members.filter((one) => one.node).length;
  const seats = found.members.filter((one) => one.seat).length;
  const { gone } = changes(members, found.members);
  return (
    <>
      <Text size="sm" mt="xs" role="status">
        {count(found.members.length, "person", "people")}, {boards} with a machine, {seats} with a seat.
        {boards < found.members.length && " Without a machine, the hub waits for a worker that asks for them."}
      </Text>
      {gone.length > 0 && (
        <Text size="sm" mt="xs">
          {count(gone.length, "person leaves", "people leave")} the class; what they did stays:{" "}
          <span className="w-told">{gone.slice(0, 10).join(", ")}</span>
          {gone.length > 10 && " …"}
        </Text>
      )}
      {found.wrong.length > 0 && (
        <Alert color="red" mt="xs" title="Some lines cannot be taken">
          {found.wrong.slice(0, 5).map((one) => (
            <div key={one} className="w-told">
              {one}
            </div>
          ))}
        </Alert>
      )}
    </>
  );
}

async function change(name: string, members: ClassMember[], found: Listed): Promise<void> {
  const { put, gone } = changes(members, found.members);
  // First who leaves: their machine may be given to somebody else.
  if (gone.length) await call("DELETE /api/v1/classes/{name}/members", { path: { name }, query: { user: gone } });
  if (put.length) await call("PUT /api/v1/classes/{name}/members", { path: { name }, body: { members: put } });
}

async function lettersFor(found: Listed): Promise<Letter[]> {
  const wanted = found.members.map(({ user }) => ({ name: user }));
  const { people } = await call("POST /api/v1/people/import", { body: { people: wanted } });
  return people;
}
