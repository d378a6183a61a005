// What can be done with one person's hardware, in its row.
import { Button, Group } from "@mantine/core";
import { useAct } from "~/api/ask";
import type { ClassMember } from "~/api/types";
import type { Seen } from "./address";

interface Props {
  member: ClassMember;
  change: (change: Partial<Seen>) => void;
  ask: (users: string[]) => void;
}

export function RowActs({ member, change, ask }: Props) {
  const reset = useAct("POST /api/v1/class/{user}/reset");
  const { user, state, word } = member;
  return (
    <Group gap={4} wrap="nowrap">
      {state === 1 || state === 2 ? (
        <Button
          size="compact-xs"
          variant={word === "stuck" ? "filled" : "default"}
          aria-label={`${word === "stuck" ? "Reset" : "Stop"} ${user}`}
          loading={reset.isPending}
          onClick={() => reset.mutate({ path: { user } })}
        >
          {word === "stuck" ? "Reset" : "Stop"}
        </Button>
      ) : (
        <Button size="compact-xs" variant="default" aria-label={`Ask ${user}`} onClick={() => ask([user])}>
          Ask
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" aria-label={`View ${user}`} onClick={() => change({ who: user })}>
        View
      </Button>
    </Group>
  );
}
