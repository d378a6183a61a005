// Files that go along: brought to the hub at once, named by their sums, put into the program's folder.
import { ActionIcon, Button, FileButton, Group, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { call } from "~/api/client";
import type { SentFile } from "~/api/types";
import { trouble } from "~/look/tell";
import { bytes } from "~/look/words";
import { sha256 } from "./sha256";

export type Sent = SentFile;

export function SendFiles({ files, onChange }: { files: Sent[]; onChange: (files: Sent[]) => void }) {
  const [busy, setBusy] = useState(false);
  const add = async (chosen: File[]) => {
    setBusy(true);
    try {
      const sent = await Promise.all(chosen.map(bring));
      onChange([...files.filter((old) => !sent.some((one) => one.name === old.name)), ...sent]);
    } catch (error) {
      trouble(error);
    }
    setBusy(false);
  };
  return (
    <div>
      <Text size="sm" fw={500}>
        Files that go along
      </Text>
      {files.map((file) => (
        <Group key={file.name} gap="xs">
          <span className="w-told">{file.name}</span>
          <span className="w-dim w-number">{bytes(file.size)}</span>
          <ActionIcon
            aria-label={`Leave out ${file.name}`}
            onClick={() => onChange(files.filter((one) => one !== file))}
          >
            <IconX size={14} />
          </ActionIcon>
        </Group>
      ))}
      <FileButton multiple onChange={(chosen) => void add(chosen)}>
        {(props) => (
          <Button {...props} size="xs" variant="default" mt={4} loading={busy}>
            Choose files …
          </Button>
        )}
      </FileButton>
    </div>
  );
}

async function bring(file: File): Promise<Sent> {
  const sum = await sha256(file);
  await call("PUT /api/v1/blobs/{sha256}", {
    path: { sha256: sum },
    body: file as never,
    headers: { "Content-Type": "application/octet-stream" },
  });
  return { name: file.name, sha256: sum, size: file.size, mode: 0o644 };
}
