// What can be done with one person's hardware, in its row.
import { Button } from "@mantine/core";
import { useAct } from "~/api/ask";
import type { ClassMember } from "~/api/types";

interface Props {
  member: ClassMember;
  ask: (users: string[]) => void;
}

export function RowActs({ member, ask }: Props) {
  const reset = useAct("POST /api/v1/class/{user}/reset");
  const { user, state, word } = member;
  if (state === 1 || state === 2) {
    const verb = word === "stuck" ? "Reset" : "Stop";
    return (
      <Button
        size="compact-xs"
        variant={word === "stuck" ? "filled" : "default"}
        aria-label={`${verb} ${user}`}
        loading={reset.isPending}
        onClick={() => reset.mutate({ path: { user } })}
      >
        {verb}
      </Button>
    );
  }
  return (
    <Button size="compact-xs" variant="default" aria-label={`Ask ${user}`} onClick={() => ask([user])}>
      Ask
    </Button>
  );
}
