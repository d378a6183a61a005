// A node that was made new by mistake becomes part of the one that it really is.
import { Select, Text } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAct } from "~/api/ask";
import type { NodeInfo } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { sentence, told } from "~/look/tell";
import { Dialog } from "~/parts/node/NodeDialogs";
import { nodePlace } from "~/parts/node/places";

export function MergeDialog({ node, onClose }: { node: NodeInfo; onClose: () => void }) {
  const [, go] = useLocation();
  const { rows } = useFleet();
  const [into, setInto] = useState<string | null>(null);
  const merge = useAct("POST /api/v1/nodes/{name}/merge", {
    quiet: true,
    done: (kept) => {
      told(`${node.name} is part of ${kept.name} now`);
      onClose();
      go(nodePlace(kept.name), { replace: true });
    },
  });
  const others = [...rows.keys()].filter((name) => name !== node.name).sort();
  return (
    <Dialog
      title={`Merge ${node.name} into another node`}
      onClose={onClose}
      busy={merge.isPending}
      act={() => into && merge.mutate({ path: { name: node.name }, body: { into } })}
    >
      <Select
        label="Into"
        searchable
        data={others}
        value={into}
        onChange={setInto}
        limit={50}
        error={merge.error && sentence(merge.error.message)}
      />
      <Text size="sm" mt="sm">
        Its readings, logs and key go over to the other one, and the name {node.name} is free again. This cannot be
        undone.
      </Text>
    </Dialog>
  );
}
