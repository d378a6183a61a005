// Programs that are kept on the hub: take one, keep this one, remove one.
import { Button, Menu, TextInput } from "@mantine/core";
import { IconBooks, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useAct, useAnswer } from "~/api/ask";
import { told } from "~/look/tell";
import { Dialog } from "~/parts/node/NodeDialogs";
import type { Wish } from "./compose";

interface Props {
  wish: Wish;
  change: (some: Partial<Wish>) => void;
}

export function Programs({ wish, change }: Props) {
  const { data } = useAnswer("GET /api/v1/programs");
  const [naming, setNaming] = useState(false);
  const remove = useAct("DELETE /api/v1/programs/{program_id}");
  const found = data?.programs ?? [];
  const isProgram = wish.kind !== "command" && wish.program.trim() !== "";
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBooks size={16} />}>
            Programs
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!isProgram} onClick={() => setNaming(true)}>
            Keep this one …
          </Menu.Item>
          {found.length > 0 && <Menu.Divider />}
          {found.slice(0, 30).map((one) => (
            <Menu.Item
              key={one.id}
              className="w-told"
              onClick={() => change({ kind: one.language === "sh" ? "sh" : "python", program: one.text })}
            >
              {one.name}
            </Menu.Item>
          ))}
          {found.length > 0 && (
            <Menu.Sub>
              <Menu.Sub.Target>
                <Menu.Sub.Item leftSection={<IconTrash size={16} />}>Remove one</Menu.Sub.Item>
              </Menu.Sub.Target>
              <Menu.Sub.Dropdown>
                {found.slice(0, 30).map((one) => (
                  <Menu.Item key={one.id} onClick={() => remove.mutate({ path: { program_id: one.id } })}>
                    {one.name}
                  </Menu.Item>
                ))}
              </Menu.Sub.Dropdown>
            </Menu.Sub>
          )}
        </Menu.Dropdown>
      </Menu>
      {naming && <Keep wish={wish} onClose={() => setNaming(false)} />}
    </>
  );
}

function Keep({ wish, onClose }: { wish: Wish; onClose: () => void }) {
  const [name, setName] = useState("");
  const keep = useAct("POST /api/v1/programs", {
    done: (program) => {
      told(`${program.name} is kept`);
      onClose();
    },
  });
  const language = wish.kind === "sh" ? "sh" : "python";
  return (
    <Dialog
      title="Keep this program"
      onClose={onClose}
      busy={keep.isPending}
      act={() => keep.mutate({ body: { name, language, text: wish.program } })}
    >
      <TextInput label="Name" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
    </Dialog>
  );
}
