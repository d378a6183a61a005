// Asks a class, or those of it who are chosen, to run a program. What was written stays for the next time.
import { Button, Checkbox, Drawer, Group, NumberInput, Select, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { forget, useAct, useAnswer } from "~/api/ask";
import type { ClassMember } from "~/api/types";
import { told, trouble } from "~/look/tell";
import { count } from "~/look/words";
import { Editor } from "~/parts/editor/Editor";
import type { Seen } from "./address";
import { type Asked, askable, askFor, done } from "./asking";
import classes from "./class.module.css";
import { DrawerTitle } from "./DrawerTitle";
import { type Draft, useDraft } from "./draft";
import { KeepProgram } from "./KeepProgram";

interface Props {
  name: string;
  members: ClassMember[];
  seen: Seen;
  change: (change: Partial<Seen>) => void;
  onAsked: (asked: Asked) => void;
}

export function AskDrawer({ name, members, seen, change, onAsked }: Props) {
  const chosen = members.filter((one) => seen.selected.has(one.user));
  const some = chosen.length > 0;
  const title = some ? `Ask ${count(chosen.length, "person", "people")}` : `Ask all of ${name || "everybody"}`;
  return (
    <Drawer
      opened={seen.open === "ask"}
      onClose={() => change({ open: "" })}
      position="right"
      size="xl"
      title={<DrawerTitle>{title}</DrawerTitle>}
    >
      <Form
        name={name}
        people={some ? chosen : members}
        some={some}
        onAsked={(asked) => {
          onAsked(asked);
          change({ open: "", selected: new Set() });
        }}
        onAll={() => change({ selected: new Set() })}
      />
    </Drawer>
  );
}

interface FormProps {
  name: string;
  people: ClassMember[];
  some: boolean;
  onAsked: (asked: Asked) => void;
  onAll: () => void;
}

function Form({ name, people, some, onAsked, onAll }: FormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useDraft(`class ${name}`);
  const [again, setAgain] = useState(true);
  const [busy, setBusy] = useState(false);
  const answered = people.filter((one) => one.state === 3).length;
  const meant = askable(people, again);
  const send = async () => {
    if (busy || !meant.length || !draft.program.trim()) return;
    setBusy(true);
    try {
      if (again) await done(people);
      const users = some || !name ? people.map((one) => one.user) : null;
      const { program, timeout, check, checked } = draft;
      const asked = await askFor(name, users, { program, timeout, check: checked ? check : "" });
      told(`Asked ${count(asked.users, "person", "people")}.`);
      onAsked(asked);
    } catch (error) {
      trouble(error);
    }
    setBusy(false);
    void forget(client, "/api/v1/class", "/api/v1/classes");
  };
  return (
    <>
      {some && (
        <Text size="sm" mb="sm">
          <span className="w-told">
            {people
              .slice(0, 8)
              .map((one) => one.user)
              .join(", ")}
          </span>
          {people.length > 8 && ` and ${people.length - 8} more`}{" "}
          <Button size="compact-xs" variant="default" onClick={onAll}>
            All instead
          </Button>
        </Text>
      )}
      <Program draft={draft} setDraft={setDraft} onRun={() => void send()} />
      {answered > 0 && (
        <Checkbox
          mt="md"
          label={`Mark ${count(answered, "answer")} as seen, and ask them too`}
          description="Who has answered can be asked again only when somebody has judged the answer."
          checked={again}
          onChange={(event) => setAgain(event.currentTarget.checked)}
        />
      )}
      <Group mt="md">
        <Button
          className={classes.primary}
          loading={busy}
          disabled={!meant.length || !draft.program.trim()}
          onClick={() => void send()}
        >
          Ask {meant.length}
        </Button>
        <Text size="sm" className="w-dim">
          {reason(people.length, meant.length, draft.program)}
        </Text>
      </Group>
    </>
  );
}

function reason(all: number, meant: number, program: string): string {
  if (!program.trim()) return "Write a program, or choose one.";
  if (!meant) return "Nobody is at rest: put them at rest first.";
  return meant < all ? `${all - meant} of ${all} are at work already and are left out.` : "Ctrl+Enter asks too.";
}

interface ProgramProps {
  draft: Draft;
  setDraft: (change: Partial<Draft>) => void;
  onRun: () => void;
}

function Program({ draft, setDraft, onRun }: ProgramProps) {
  const saved = useAnswer("GET /api/v1/programs");
  const python = (saved.data?.programs ?? []).filter((one) => one.language === "python");
  const keep = useAct("POST /api/v1/programs", { done: (made) => told(`Kept as ${made.name}.`) });
  return (
    <>
      <Group align="end" mb="sm">
        <Select
          label="Saved program"
          placeholder={python.length ? "Choose one" : "None yet"}
          disabled={!python.length}
          data={python.map((one) => ({ value: String(one.id), label: one.name }))}
          value={null}
          onChange={(id) => {
            const found = python.find((one) => String(one.id) === id);
            if (found) setDraft({ program: found.text });
          }}
        />
        <NumberInput
          label="Time limit"
          suffix=" s"
          min={1}
          max={86_400}
          allowDecimal={false}
          w={120}
          value={draft.timeout}
          onChange={(value) => setDraft({ timeout: Math.max(1, Number(value) || 1) })}
        />
        <KeepProgram
          busy={keep.isPending}
          disabled={!draft.program.trim()}
          onKeep={(title) => keep.mutate({ body: { name: title, language: "python", text: draft.program } })}
        />
      </Group>
      <Editor
        label="Program (Python)"
        language="python"
        value={draft.program}
        onChange={(program) => setDraft({ program })}
        onRun={onRun}
      />
      <Checkbox
        mt="md"
        label="Have each answer judged by a check program"
        description="It reads the answer as JSON from standard input (user, hw_response, hw_err, hw_exit) and prints its verdict."
        checked={draft.checked}
        onChange={(event) => setDraft({ checked: event.currentTarget.checked })}
      />
      {draft.checked && (
        <Editor
          label="Check program (Python)"
          language="python"
          value={draft.check}
          onChange={(check) => setDraft({ check })}
          onRun={onRun}
        />
      )}
    </>
  );
}
