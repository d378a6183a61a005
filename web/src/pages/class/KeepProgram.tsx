// Keeps a program on the hub under a name, for all who may run some.
import { Button, Popover, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

interface Props {
  busy: boolean;
  disabled: boolean;
  onKeep: (name: string) => void;
}

export function KeepProgram({ busy, disabled, onKeep }: Props) {
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onKeep(name);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow>
      <Popover.Target>
        <Button variant="default" loading={busy} disabled={disabled} onClick={() => setOpened(!opened)}>
          Keep …
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={send}>
          <TextInput
            label="Keep it as"
            required
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" mt="sm">
            Keep
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
