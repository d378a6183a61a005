// A secret or link that is shown once, with its button to copy, until it is put away.
import { Alert, Button, Text } from "@mantine/core";
import { CopyLine } from "~/parts/Copy";

interface Props {
  title: string;
  text: string;
  hint: string;
  onDone: () => void;
}

export function OneTime({ title, text, hint, onDone }: Props) {
  return (
    <Alert color="blue" title={title} mt="md" role="status">
      <CopyLine text={text} />
      <Text size="sm" my="xs">
        {hint}
      </Text>
      <Button size="xs" variant="default" onClick={onDone}>
        I have it
      </Button>
    </Alert>
  );
}
