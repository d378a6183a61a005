// Another machine shows this one's key: most often a card was copied. Says so, and offers what can be true.
import { Alert, Button, Group, Text } from "@mantine/core";
import { useAct } from "~/api/ask";
import { useMay } from "~/api/me";
import type { NodeInfo } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";

export function Copied({ node }: { node: NodeInfo }) {
  const operates = useMay("operate");
  const path = { name: node.name };
  const split = useAct("POST /api/v1/nodes/{name}/split", {
    done: (parted) => told(`The other machine is ${parted.node} now`),
  });
  const copy = node.machine?.copy_seen;
  if (!copy) return null;
  return (
    <Alert color="yellow" title="Two machines show the same key" mb="md">
      <Text size="sm">
        <span className="w-told">
          {copy.host} at {copy.peer}
        </span>{" "}
        came with this node’s key <When at={copy.at} />: most often a card was copied. Until it is settled only one of
        them is heard.
      </Text>
      {operates && (
        <Group mt="sm">
          <Button size="xs" loading={split.isPending} onClick={() => split.mutate({ path })}>
            Make the other one a node of its own
          </Button>
        </Group>
      )}
    </Alert>
  );
}
