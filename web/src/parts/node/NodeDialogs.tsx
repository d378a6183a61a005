// Small changes of a node from wherever it is shown: its name and its tags.
import { Button, Group, Modal, TagsInput, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useAct } from "~/api/ask";
import { fleet } from "~/live/fleet";
import { sentence, told } from "~/look/tell";
import { tagText } from "~/parts/target/match";
import { readTags } from "./tags";

interface Props {
  name: string;
  onClose: () => void;
  /** Called with what the node is called from now on. */
  onDone?: (name: string) => void;
}

export function RenameDialog({ name, onClose, onDone }: Props) {
  const [next, setNext] = useState(name);
  const act = useAct("PATCH /api/v1/nodes/{name}", {
    quiet: true,
    done: (node) => {
      told(`It is called ${node.name} now`);
      onClose();
      onDone?.(node.name);
    },
  });
  return (
    <Dialog title="Rename" onClose={onClose} busy={act.isPending} act={() => change(act.mutate, name, { name: next })}>
      <TextInput
        label="Name"
        description="Letters, digits and . _ - ; its history stays with it."
        data-autofocus
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
        error={act.error && sentence(act.error.message)}
      />
    </Dialog>
  );
}

export function TagsDialog({ name, tags, onClose }: Props & { tags: Record<string, string> }) {
  const [next, setNext] = useState(Object.entries(tags).map(tagText));
  const known = [...new Set([...fleet.rows.values()].flatMap((row) => Object.entries(row.tags).map(tagText)))];
  const act = useAct("PATCH /api/v1/nodes/{name}", { quiet: true, done: onClose });
  return (
    <Dialog
      title="Tags"
      onClose={onClose}
      busy={act.isPending}
      act={() => change(act.mutate, name, { tags: readTags(next) })}
    >
      <TagsField value={next} known={known} onChange={setNext} error={act.error?.message} />
    </Dialog>
  );
}

interface TagsProps {
  value: string[];
  known: string[];
  label?: string;
  error?: string | undefined;
  onChange: (tags: string[]) => void;
}

/** A list of tags as `room=lab` or `demo`. */
export function TagsField({ value, known, label = "Tags", error, onChange }: TagsProps) {
  return (
    <TagsInput
      label={label}
      description="A word, or a name with a value such as room=lab. Press Enter after each."
      value={value}
      data={known}
      maxDropdownHeight={200}
      onChange={onChange}
      acceptValueOnBlur
      clearable
      error={error && sentence(error)}
    />
  );
}

type Mutate = ReturnType<typeof useAct<"PATCH /api/v1/nodes/{name}">>["mutate"];

function change(mutate: Mutate, name: string, body: { name?: string; tags?: Record<string, string> }): void {
  mutate({ path: { name }, body });
}

interface DialogProps {
  title: string;
  busy: boolean;
  act: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, busy, act, onClose, children }: DialogProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    act();
  };
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>}>
      <form onSubmit={send}>
        {children}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
