// The list of keys, and the switch that turns single ones off.
import { Kbd, Modal, Switch, Text } from "@mantine/core";
import { Fragment } from "react";
import { useListed } from "./keys";
import { usePreferences } from "./preferences";
import classes from "./shell.module.css";

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const [{ keys }, change] = usePreferences();
  const groups = useListed();
  return (
    <Modal opened onClose={onClose} title="Keys">
      {groups.map((group) => (
        <Fragment key={group.title}>
          <Text fw={600} mb={4}>
            {group.title}
          </Text>
          <div className={classes.keys}>
            {group.shortcuts.map((one) => (
              <Fragment key={one.keys}>
                <span>{one.what}</span>
                <Kbd>{shown(one.keys)}</Kbd>
              </Fragment>
            ))}
          </div>
        </Fragment>
      ))}
      <Switch
        checked={keys}
        onChange={(event) => change({ keys: event.currentTarget.checked })}
        label="Single keys do something"
        description="Turn this off if you speak to your computer or press keys by accident."
      />
    </Modal>
  );
}

function shown(keys: string): string {
  return keys.replace("mod+", navigator.platform.startsWith("Mac") ? "⌘ " : "Ctrl ");
}
