// The first step: a name and a password. Its strength is its length; nothing else is asked of it.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "~/api/ask";
import { call } from "~/api/client";
import { sentence } from "~/look/tell";
import { DeadLink } from "./DeadLink";
import { Frame } from "./FirstRun";
import classes from "./first.module.css";
import { Steps } from "./Steps";
import { START } from "./steps";

const SHORTEST = 8; // characters; the hub demands no less

interface Props {
  code: string;
  done: (guided: boolean) => Promise<void>;
}

export function You({ code, done }: Props) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [short, setShort] = useState(false);
  const act = useAct("POST /api/v1/setup", { quiet: true, done: () => void begin().then(done) });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setShort(password.length < SHORTEST);
    if (password.length >= SHORTEST) act.mutate({ body: { code, name: name.trim(), password } });
  };
  if (act.error?.status === 404) return <Frame>{<DeadLink error={act.error} again={() => act.reset()} />}</Frame>;
  const ofPassword = act.error?.field === "password" || act.error?.message.includes("password");
  const wrong = act.error && sentence(act.error.message);
  return (
    <Frame>
      <Steps at="you" />
      <form className={`w-card ${classes.card}`} onSubmit={send}>
        <h1>Welcome. Who are you?</h1>
        <TextInput
          label="Name"
          name="username"
          description="You sign in with it. It stays on this hub."
          autoComplete="username"
          autoCapitalize="none"
          required
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={!ofPassword && wrong}
        />
        <PasswordInput
          label="Password"
          name="password"
          description={lengthText(password)}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={(ofPassword && wrong) || (short && password.length < SHORTEST && `It needs ${SHORTEST} characters.`)}
        />
        <Button type="submit" loading={act.isPending} className={classes.next}>
          Go on
        </Button>
        <p className="w-dim">
          No account elsewhere, no telemetry: nothing leaves this hub. If the name has an account already, it becomes an
          admin with this password.
        </p>
      </form>
    </Frame>
  );
}

function lengthText(password: string): string {
  if (!password) return `At least ${SHORTEST} characters; a few words are good.`;
  if (password.length < SHORTEST) return `${SHORTEST - password.length} more`;
  return password.length < 14 ? "Long enough" : "Long enough, and hard to guess";
}

/** Whether there is a guide to go through: the first admin sees it, those after them go straight in. */
async function begin(): Promise<boolean> {
  const { first_run } = await call("GET /api/v1/place");
  if (first_run !== START) return false;
  await call("PUT /api/v1/place", { body: { first_run: "place" } });
  return true;
}
