// Keeps what is seen under a name: for oneself, or for everybody.
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "~/api/ask";
import { useMay, useMe } from "~/api/me";
import { sentence } from "~/look/tell";
import classes from "./series.module.css";

interface Props {
  search: string;
  close: () => void;
  done: (id: number) => void;
}

export function SaveView({ search, close, done }: Props) {
  const operate = useMay("operate");
  const person = useMe().kind === "person";
  const [name, setName] = useState("");
  const [shared, setShared] = useState(!person);
  const save = useAct("POST /api/v1/views", {
    quiet: true,
    done: (view) => {
      close();
      done(view.id);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ body: { name: name.trim(), page: "series", search, shared } });
  };
  return (
    <Modal opened onClose={close} title="Save as a view">
      <form onSubmit={send} className={classes.form}>
        <TextInput
          label="Name"
          placeholder="Bench power"
          required
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.error && sentence(save.error.message)}
        />
        <Checkbox
          label="Everybody sees it"
          description={
            operate ? "And it can be put on a wall." : "For this the right “operate” is needed; an admin can give it."
          }
          disabled={!operate || !person}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
