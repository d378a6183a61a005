// Saying what an answer is worth: to one person, or to all who answered the same.
import { Button, Group, Popover, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ClassMember } from "~/api/types";
import { count } from "~/look/words";
import { useDoing } from "./Acts";
import type { Group as Same } from "./answers";
import { judge } from "./asking";
import classes from "./class.module.css";

interface Props {
  users: string[];
  onDone?: () => void;
}

export function Judging({ users, onDone }: Props) {
  const [text, setText] = useState("");
  const { busy, doing } = useDoing();
  const send = (event: FormEvent) => {
    event.preventDefault();
    doing(async () => {
      await judge(users, text || "seen");
      setText("");
      onDone?.();
    });
  };
  return (
    <form onSubmit={send}>
      <Group mb="sm" align="end">
        <TextInput
          label={`Your verdict${users.length > 1 ? `, for ${count(users.length, "person", "people")}` : ""}`}
          description="They see it, and can be asked again."
          placeholder="seen"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={busy}>
          Say it
        </Button>
      </Group>
    </form>
  );
}

/** For those of a group whose answer waits for a verdict; nothing where there are none. */
export function JudgeGroup({ group, members }: { group: Same; members: ClassMember[] }) {
  const [opened, setOpened] = useState(false);
  const among = new Set(group.users);
  const waiting = members.filter((one) => one.state === 3 && among.has(one.user)).map((one) => one.user);
  if (!waiting.length) return null;
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow position="bottom-end">
      <Popover.Target>
        <Button size="compact-xs" variant="default" className={classes.judge} onClick={() => setOpened(!opened)}>
          Judge {waiting.length} …
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Judging users={waiting} onDone={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
