// Notes on the time axis: those of the range, and the form that writes and changes them. Plain text.
import { ActionIcon, Button, Group, Modal, Textarea, TextInput, Title, Tooltip } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { forget, useAct, useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import type { NoteInfo } from "~/api/types";
import { hubNow } from "~/live/clock";
import { undoable } from "~/look/undo";
import { microseconds, moment } from "~/look/words";
import { cut } from "~/parts/chart/places";
import { fieldText, moment as momentOf } from "~/parts/chart/RangePicker";
import { Shown } from "~/parts/States";
import { usePreferences } from "~/shell/preferences";
import { type NoteDraft, noteRange, wrongIn } from "./notes";
import classes from "./series.module.css";

interface Props {
  range: string;
  may: boolean;
  edit: (draft: NoteDraft) => void;
}

export function Notes({ range, may, edit }: Props) {
  const [{ utc }] = usePreferences();
  const notes = useAnswer("GET /api/v1/notes", { query: noteRange(range, utc) }, { placeholderData: (old) => old });
  return (
    <section className="w-card">
      <Group justify="space-between" mb={8}>
        <Title order={2}>Notes</Title>
        {may && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => edit({ at: Math.round(hubNow()), until: null, text: "" })}
          >
            Add a note
          </Button>
        )}
      </Group>
      <Shown of={notes}>
        {({ notes: all, more }) => (
          <>
            {!all.length && (
              <p className="w-dim">
                None in this range. A note says what happened: “fan on”, “door open”.{" "}
                {may && "Move over a chart and press n."}
              </p>
            )}
            <ul className={classes.notes}>
              {all.map((note) => (
                <Row key={note.id} note={note} may={may} edit={edit} utc={utc} />
              ))}
            </ul>
            {more && <p className="w-dim">There are more; choose a shorter range to see them.</p>}
          </>
        )}
      </Shown>
    </section>
  );
}

function Row({ note, may, edit, utc }: { note: NoteInfo; may: boolean; edit: Props["edit"]; utc: boolean }) {
  const client = useQueryClient();
  const remove = useAct("DELETE /api/v1/notes/{note_id}", {
    done: () => {
      const { at, until, text, node, match } = note;
      undoable("The note is gone.", async () => {
        await call("POST /api/v1/notes", { body: { at, until, text, node, match } });
        await forget(client, "/api/v1/notes");
      });
    },
  });
  const [at, until] = [microseconds(note.at), note.until ? microseconds(note.until) : null];
  return (
    <li className={classes.note}>
      <div>
        <span className="w-number w-dim">
          {moment(at, utc)}
          {until && ` – ${moment(until, utc).slice(11)}`}
        </span>{" "}
        <span className="w-told">{cut(note.text, 600)}</span>{" "}
        <span className="w-dim">
          {note.author.replace(/^person:/, "")}
          {note.node && ` · ${note.node}`}
        </span>
      </div>
      {may && (
        <Group gap={2} wrap="nowrap">
          <Tooltip label="Change">
            <ActionIcon
              aria-label={`Change the note of ${moment(at, utc)}`}
              onClick={() => edit({ ...note, at, until })}
            >
              <IconPencil size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Remove">
            <ActionIcon
              aria-label={`Remove the note of ${moment(at, utc)}`}
              onClick={() => remove.mutate({ path: { note_id: note.id } })}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      )}
    </li>
  );
}

export function NoteEditor({ draft, close }: { draft: NoteDraft | null; close: () => void }) {
  return (
    <Modal opened={draft !== null} onClose={close} title={draft?.id ? "Change the note" : "Add a note"}>
      {draft && <Form draft={draft} close={close} />}
    </Modal>
  );
}

function Form({ draft, close }: { draft: NoteDraft; close: () => void }) {
  const [{ utc }] = usePreferences();
  const [now, setNow] = useState(draft);
  useEffect(() => setNow(draft), [draft]);
  const make = useAct("POST /api/v1/notes", { done: close });
  const alter = useAct("PATCH /api/v1/notes/{note_id}", { done: close });
  const wrong = wrongIn(now);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (wrong) return;
    const iso = (at: number) => new Date(at / 1000).toISOString();
    const body = { text: now.text.trim(), at: iso(now.at), until: now.until === null ? null : iso(now.until) };
    if (draft.id) alter.mutate({ path: { note_id: draft.id }, body });
    else make.mutate({ body });
  };
  return (
    <form onSubmit={send} className={classes.form}>
      <Textarea
        label="What happened"
        autosize
        minRows={2}
        maxLength={500}
        data-autofocus
        value={now.text}
        onChange={(event) => setNow({ ...now, text: event.currentTarget.value })}
      />
      <Moment label={`When${utc ? " (UTC)" : ""}`} at={now.at} utc={utc} change={(at) => setNow({ ...now, at })} />
      <Moment
        label="Until (if it lasted)"
        at={now.until}
        utc={utc}
        change={(until) => setNow({ ...now, until: Number.isFinite(until) ? until : null })}
      />
      <Group justify="space-between">
        <span className="w-dim" role="status">
          {now.text && wrong}
        </span>
        <Button type="submit" disabled={Boolean(wrong)} loading={make.isPending || alter.isPending}>
          Keep
        </Button>
      </Group>
    </form>
  );
}

interface MomentProps {
  label: string;
  at: number | null;
  utc: boolean;
  change: (at: number) => void;
}

function Moment({ label, at, utc, change }: MomentProps) {
  const [text, setText] = useState(at === null ? "" : fieldText(at, utc));
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        change(momentOf(event.currentTarget.value, utc));
      }}
    />
  );
}
