// What is seldom changed: account, folder, limits, variables, input, files to bring back.
import { Textarea, TextInput } from "@mantine/core";
import type { Wish } from "./compose";
import classes from "./run.module.css";

interface Field {
  name: "user" | "cwd" | "timeout" | "expires" | "bring";
  label: string;
  hint: string;
  placeholder: string;
}

const FIELDS: Field[] = [
  { name: "timeout", label: "Time limit", hint: "The machine ends it after this.", placeholder: "10m" },
  { name: "expires", label: "May begin within", hint: "For machines that are not there now.", placeholder: "1h" },
  { name: "user", label: "As the account", hint: "Where the machine allows it.", placeholder: "the agent’s usual one" },
  { name: "cwd", label: "In the folder", hint: "Else a fresh, empty one.", placeholder: "a fresh one" },
  { name: "bring", label: "Bring files back", hint: "Patterns, with blanks between.", placeholder: "*.png out/*.csv" },
];

export function Options({ wish, change }: { wish: Wish; change: (some: Partial<Wish>) => void }) {
  return (
    <>
      <div className={classes.fields}>
        {FIELDS.map((field) => (
          <TextInput
            key={field.name}
            label={field.label}
            description={field.hint}
            placeholder={field.placeholder}
            value={wish[field.name]}
            onChange={(event) => change({ [field.name]: event.currentTarget.value })}
          />
        ))}
      </div>
      <div className={classes.fields}>
        <Textarea
          label="Variables"
          description="NAME=VALUE, one a line."
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: "w-mono" }}
          value={wish.env}
          onChange={(event) => change({ env: event.currentTarget.value })}
        />
        <Textarea
          label="What it reads"
          description="Its standard input."
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: "w-mono" }}
          value={wish.stdin}
          onChange={(event) => change({ stdin: event.currentTarget.value })}
        />
      </div>
    </>
  );
}
