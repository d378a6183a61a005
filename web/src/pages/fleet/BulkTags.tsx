// Tags for many nodes at once: those to add, and those to take away. All other tags stay.
import { Stack } from "@mantine/core";
import { useState } from "react";
import { useAct } from "~/api/ask";
import { fleet } from "~/live/fleet";
import { told, trouble } from "~/look/tell";
import { count } from "~/look/words";
import { Dialog, TagsField } from "~/parts/node/NodeDialogs";
import { readTags } from "~/parts/node/tags";
import { tagText } from "~/parts/target/match";
import { failures } from "./bulk";

export default function BulkTags({ names, onClose }: { names: string[]; onClose: () => void }) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const act = useAct("POST /api/v1/nodes/bulk", {
    done: ({ results }) => {
      const wrong = failures(results);
      if (wrong) trouble(new Error(wrong));
      else told(`${count(results.length, "node has", "nodes have")} other tags now`);
      onClose();
    },
  });
  const rows = [...fleet.rows.values()];
  const theirs = new Set(names.flatMap((name) => Object.keys(fleet.row(name)?.tags ?? {})));
  const known = [...new Set(rows.flatMap((row) => Object.entries(row.tags).map(tagText)))];
  const tags = { add: readTags(add), remove: Object.keys(readTags(remove)) };
  return (
    <Dialog
      title={`Tags of ${count(names.length, "node")}`}
      onClose={onClose}
      busy={act.isPending}
      act={() => act.mutate({ body: { names, tags } })}
    >
      <Stack>
        <TagsField label="Add" value={add} known={known} onChange={setAdd} />
        <TagsField label="Take away" value={remove} known={[...theirs]} onChange={setRemove} />
      </Stack>
    </Dialog>
  );
}
