// Machines that show the key of another, because a card was copied: each can be made a node of its own.
import { Alert, Button } from "@mantine/core";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { NodeInfo } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import classes from "./add.module.css";

export function Copies() {
  const { data } = useAnswer("GET /api/v1/nodes");
  const copied = (data?.nodes ?? []).filter((node) => node.machine?.copy_seen);
  return copied.map((node) => <Copy key={node.id} node={node} />);
}

function Copy({ node }: { node: NodeInfo }) {
  const admin = useMay("admin");
  const act = useAct("POST /api/v1/nodes/{name}/split", {
    done: (parted) => told(`${parted.host} makes a key of its own and comes as a new machine`),
  });
  const copy = node.machine?.copy_seen;
  if (!copy) return null;
  return (
    <Alert color="yellow" title={<span className="w-told">Another machine says that it is {node.name}</span>} mb="sm">
      <p className="w-told">
        “{copy.host}” at {copy.peer} shows the key of {node.name}, <When at={copy.at} />. Most often its card was
        copied. It is not let in.
      </p>
      <div className={classes.acts}>
        <Button
          size="xs"
          disabled={!admin}
          title={admin ? undefined : "Only an admin may do this"}
          loading={act.isPending}
          onClick={() => act.mutate({ path: { name: node.name } })}
        >
          It is a new machine: let it in as its own
        </Button>
      </div>
      <p className="w-dim">
        If it replaces {node.name}, switch the old one off: the one that stays goes on with its name and history.
      </p>
    </Alert>
  );
}
