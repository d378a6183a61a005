// The drawer in which machines and devices come in: how to send them here, and who has come.
import { Drawer } from "@mantine/core";
import type { Adding, Seen } from "../address";
import { AddParts } from "./AddParts";

interface Props {
  adding: Adding;
  change: (some: Partial<Seen>) => void;
}

export default function AddDrawer({ adding, change }: Props) {
  return (
    <Drawer
      opened
      onClose={() => change({ add: null })}
      position="right"
      size={680}
      title="Add a machine or a device"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <AddParts adding={adding} onTurn={(add) => change({ add })} />
    </Drawer>
  );
}
