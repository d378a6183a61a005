// Lets those in whom the hub knows; all others sign in here.
import { Button, PasswordInput, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useAct, useAnswer } from "~/api/ask";
import { sentence } from "~/look/tell";
import { Trouble, Wait } from "~/parts/States";
import classes from "./shell.module.css";

/** The children once it is known who looks; a form to sign in, or why it cannot be known, before. */
export function Gate({ children }: { children: ReactNode }) {
  const me = useAnswer("GET /api/v1/me", {}, { staleTime: Number.POSITIVE_INFINITY });
  if (me.data) return children;
  if (!me.error) return <Wait what="Asking the hub" />;
  if (me.error.status === 401) return <SignIn reason={me.error.message} />;
  return (
    <div className={classes.gate}>
      <Trouble error={me.error} again={() => void me.refetch()} />
    </div>
  );
}

function SignIn({ reason }: { reason: string }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const login = useAct("POST /api/v1/login", { quiet: true, done: () => void client.invalidateQueries() });
  const nobody = reason.includes("setup-link");
  const send = (event: FormEvent) => {
    event.preventDefault();
    login.mutate({ body: { name, password } });
  };
  if (nobody) return <Nobody reason={reason} />;
  return (
    <main className={classes.gate}>
      <form className={`w-card ${classes.sign}`} onSubmit={send}>
        <Title order={1}>Sign in</Title>
        <TextInput
          label="Name"
          name="username"
          autoComplete="username"
          required
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={login.error && sentence(login.error.message)}
        />
        <Button type="submit" loading={login.isPending}>
          Sign in
        </Button>
        <Text size="sm" className="w-dim">
          No password at hand? On the hub’s machine <code>wacket open</code> lets its owner in.
        </Text>
      </form>
    </main>
  );
}

function Nobody({ reason }: { reason: string }) {
  return (
    <main className={classes.gate}>
      <div className={`w-card ${classes.sign}`}>
        <Title order={1}>This hub is new</Title>
        <Text>{sentence(reason)}</Text>
      </div>
    </main>
  );
}
