// Writing a program and having one's own hardware run it.
import { Button, Group, NumberInput, Text, Title } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useAct } from "~/api/ask";
import type { OwnHardware } from "~/api/types";
import { Editor } from "~/parts/editor/Editor";
import { useDraft } from "../class/draft";
import classes from "./mine.module.css";
import { hindrance, mayTakeBack } from "./words";

export function Ask({ own }: { own: OwnHardware }) {
  const { user } = own;
  const [draft, setDraft] = useDraft(`mine ${user}`, { program: own.own ? own.hw_command : "" });
  const run = useAct("POST /api/v1/class/{user}/request");
  const back = useAct("POST /api/v1/class/{user}/reset");
  const why = hindrance(own);
  const ready = !why && Boolean(draft.program.trim());
  const send = () => {
    if (ready && !run.isPending)
      run.mutate({ path: { user }, body: { program: draft.program, timeout: draft.timeout } });
  };
  return (
    <section className="w-card" aria-labelledby="run">
      <Title order={2} id="run" mb="xs">
        Run a program
      </Title>
      <Editor
        label="Program (Python)"
        language="python"
        value={draft.program}
        onChange={(program) => setDraft({ program })}
        onRun={send}
      />
      <Group mt="sm" align="end">
        <NumberInput
          label="Time limit"
          suffix=" s"
          min={1}
          max={86_400}
          allowDecimal={false}
          w={110}
          value={draft.timeout}
          onChange={(value) => setDraft({ timeout: Math.max(1, Number(value) || 1) })}
        />
        <Button
          className={classes.run}
          leftSection={<IconPlayerPlay size={16} />}
          disabled={!ready}
          loading={run.isPending}
          onClick={send}
        >
          Run
        </Button>
        {mayTakeBack(own) && (
          <Button
            variant="default"
            className={classes.run}
            loading={back.isPending}
            onClick={() => back.mutate({ path: { user } })}
          >
            Take it back
          </Button>
        )}
      </Group>
      <Text size="sm" className="w-dim" mt="xs">
        {why || "Ctrl+Enter runs it too."}
      </Text>
    </section>
  );
}
