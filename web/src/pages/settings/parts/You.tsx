// What is one's own: password, looks, keys.
import { Button, PasswordInput, SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "~/api/ask";
import { useMe } from "~/api/me";
import { told } from "~/look/tell";
import { usePreferences } from "~/shell/preferences";
import type { SettingsPart } from "../part";
import { Section } from "../Section";
import classes from "../settings.module.css";

function You() {
  const me = useMe();
  return (
    <>
      <Section title="How it looks" hint="Kept on the hub, the same at every machine; light or dark is this browser's.">
        <Looks />
      </Section>
      {me.kind === "person" ? (
        <Section title="Password" hint={`You are ${me.name}, and your role is ${me.role}.`}>
          <Password name={me.name} />
        </Section>
      ) : (
        <Section title="Who you are">
          <Text className="w-told">
            {me.name} ({me.kind}); there is no account, so preferences last until this page is closed.
          </Text>
        </Section>
      )}
    </>
  );
}

function Looks() {
  const [preferences, change] = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="md" align="flex-start">
      <div>
        <Text id="scheme" size="sm" fw={500} mb={4}>
          Colours
        </Text>
        <SegmentedControl
          aria-labelledby="scheme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[
            { value: "auto", label: "As the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
        />
      </div>
      <div>
        <Text id="density" size="sm" fw={500} mb={4}>
          Rows
        </Text>
        <SegmentedControl
          aria-labelledby="density"
          value={preferences.density}
          onChange={(value) => change({ density: value as typeof preferences.density })}
          data={[
            { value: "comfortable", label: "Comfortable" },
            { value: "compact", label: "Compact" },
          ]}
        />
      </div>
      <Switch
        label="Times in UTC"
        checked={preferences.utc}
        onChange={(event) => change({ utc: event.currentTarget.checked })}
      />
      <Switch
        label="Single keys do something"
        description="Those with Ctrl or Cmd always do. Press ? for the list."
        checked={preferences.keys}
        onChange={(event) => change({ keys: event.currentTarget.checked })}
      />
    </Stack>
  );
}

function Password({ name }: { name: string }) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useAct("PATCH /api/v1/people/{name}", {
    done: () => {
      setCurrent("");
      setFresh("");
      told("Your password is changed.");
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ path: { name }, body: { password: fresh, current } });
  };
  return (
    <form onSubmit={send} className={classes.row}>
      <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
      <PasswordInput
        label="The present one"
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="The new one"
        autoComplete="new-password"
        required
        value={fresh}
        onChange={(event) => setFresh(event.currentTarget.value)}
      />
      <Button type="submit" loading={change.isPending}>
        Change it
      </Button>
    </form>
  );
}

export const part: SettingsPart = { slug: "you", title: "You", order: 1, right: "own", body: You };
