// What is to be run and where. Who would get it is told at each key; nothing is done before Run.
import { Alert, Button, Collapse, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAct } from "~/api/ask";
import { useMay } from "~/api/me";
import type { NewJob } from "~/api/types";
import { sentence } from "~/look/tell";
import { CopyLine } from "~/parts/Copy";
import { Editor } from "~/parts/editor/Editor";
import { jobOf, type Kind, needsShell, terminalLine, type Wish } from "./compose";
import { Later } from "./Later";
import { Options } from "./Options";
import { Programs } from "./Programs";
import classes from "./run.module.css";
import { SendFiles, type Sent } from "./SendFiles";
import { Target } from "./Target";
import { useWish } from "./useWish";

const KINDS = [
  { value: "command", label: "Command" },
  { value: "python", label: "Python program" },
  { value: "sh", label: "Shell script" },
];

export function Compose() {
  const operates = useMay("operate");
  if (operates) return <Form />;
  return (
    <Alert color="gray" title="You may look, but not run anything">
      Running needs the role operator; an admin of this hub can give it to you.
    </Alert>
  );
}

function Form() {
  const [, go] = useLocation();
  const [wish, change] = useWish();
  const [files, setFiles] = useState<Sent[]>([]);
  const [wrong, setWrong] = useState("");
  const run = useAct("POST /api/v1/jobs", { done: (job) => go(`/run/${job.id}`) });
  const job = (): NewJob | null => {
    setWrong("");
    try {
      return jobOf(wish, files);
    } catch (error) {
      setWrong((error as Error).message);
      return null;
    }
  };
  const send = () => {
    const asked = job();
    if (asked)
      run.mutate({ body: asked, headers: { "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) } });
  };
  return (
    <section className={`w-card ${classes.compose}`} aria-label="What to run">
      <Target target={wish.target} user={wish.user} onChange={(target) => change({ target })} />
      <What wish={wish} change={change} onRun={send} />
      <More wish={wish} change={change} files={files} setFiles={setFiles} />
      {wrong && (
        <Text c="red" role="alert">
          {sentence(wrong)}
        </Text>
      )}
      <Group>
        <Button leftSection={<IconPlayerPlay size={16} />} loading={run.isPending} onClick={send}>
          Run
        </Button>
        <Later job={job} />
      </Group>
    </section>
  );
}

interface Part {
  wish: Wish;
  change: (some: Partial<Wish>) => void;
}

function What({ wish, change, onRun }: Part & { onRun: () => void }) {
  return (
    <>
      <Group justify="space-between">
        <SegmentedControl
          aria-label="What is run"
          data={KINDS}
          value={wish.kind}
          onChange={(kind) => change({ kind: kind as Kind })}
        />
        <Programs wish={wish} change={change} />
      </Group>
      {wish.kind === "command" ? (
        <Command wish={wish} change={change} onRun={onRun} />
      ) : (
        <>
          <Editor
            key={wish.kind}
            label={wish.kind === "python" ? "The program" : "The script"}
            language={wish.kind}
            value={wish.program}
            onChange={(program) => change({ program })}
            onRun={onRun}
          />
          <TextInput
            label="Its arguments"
            classNames={{ input: "w-mono" }}
            value={wish.args}
            onChange={(event) => change({ args: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}

function Command({ wish, change, onRun }: Part & { onRun: () => void }) {
  const shell = needsShell(wish.command);
  return (
    <TextInput
      label="The command"
      description={
        shell
          ? "Through the machine’s shell, because of its special signs (sh -c)."
          : "A program and its words. With |, *, $ and the like it goes through the machine’s shell."
      }
      placeholder="df -h /"
      classNames={{ input: "w-mono" }}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      value={wish.command}
      onChange={(event) => change({ command: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key === "Enter") onRun();
      }}
    />
  );
}

interface MoreProps extends Part {
  files: Sent[];
  setFiles: (files: Sent[]) => void;
}

function More({ wish, change, files, setFiles }: MoreProps) {
  const [opened, { toggle }] = useDisclosure(Boolean(wish.user || wish.cwd || wish.env || wish.stdin || wish.bring));
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-expanded={opened}
        rightSection={<IconChevronDown size={14} />}
        onClick={toggle}
      >
        Files, time limits, account and more
      </Button>
      <Collapse expanded={opened}>
        <div className={classes.options}>
          <Options wish={wish} change={change} />
          <SendFiles files={files} onChange={setFiles} />
          <div>
            <Text size="sm" fw={500} mb={4}>
              The same in the terminal
            </Text>
            <CopyLine text={terminalLine(wish)} />
          </div>
        </div>
      </Collapse>
    </div>
  );
}
