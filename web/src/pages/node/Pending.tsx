// A node that waits for a person: what to compare, and the two answers.
import { Alert, Button, Code, Group, Text } from "@mantine/core";
import { useMay } from "~/api/me";
import type { NodeInfo } from "~/api/types";
import { accept, refuse } from "~/parts/node/acts";

export function Pending({ node }: { node: NodeInfo }) {
  const operates = useMay("operate");
  return (
    <Alert color="blue" title="It waits to be let in" mb="md">
      {node.code ? (
        <Text size="sm">
          Both ends must show the same code. Here it is <Code>{node.code}</Code>; look at the machine before you say
          yes.
        </Text>
      ) : (
        <Text size="sm">
          It has begun to send from {node.last_peer || "an unknown address"}. What it sends is kept apart.
        </Text>
      )}
      {operates && (
        <Group mt="sm">
          <Button onClick={() => accept(node.name)}>Let it in</Button>
          <Button variant="default" onClick={() => refuse(node.name)}>
            Turn it away
          </Button>
        </Group>
      )}
    </Alert>
  );
}
