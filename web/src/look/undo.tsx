// Something was done, and can be taken back for ten seconds: kinder than to ask before each act.
import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { trouble } from "./tell";

export function undoable(message: string, undo: () => Promise<unknown>): void {
  const id = `undo-${Math.random()}`;
  const back = () => {
    notifications.hide(id);
    undo().catch(trouble);
  };
  notifications.show({
    id,
    autoClose: 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span className="w-told">{message}</span>
        <Button size="compact-sm" variant="default" onClick={back}>
          Undo
        </Button>
      </Group>
    ),
  });
}
