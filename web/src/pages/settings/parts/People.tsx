// Who has an account, and what they may do. A new one gets a link that works once, so that nobody types another's password.
import { ActionIcon, Badge, Button, Menu, PasswordInput, Select, Table, Text, TextInput } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useAct, useAnswer } from "~/api/ask";
import { useMe } from "~/api/me";
import type { Account } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import { Shown } from "~/parts/States";
import { OneTime } from "../OneTime";
import type { SettingsPart } from "../part";
import { CHOICES, ROLES, type Role } from "../roles";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

interface Link {
  name: string;
  link: string;
}

function People() {
  const people = useAnswer("GET /api/v1/people");
  const [shown, setShown] = useState<Link | null>(null);
  return (
    <>
      <Section title="People" hint="Each has an account of their own, so that the audit log says who did what.">
        <Shown of={people}>
          {(found) => (
            <List label="People" heads={["Name", "Role", "Since", ""]}>
              {found.people.map((one) => (
                <Person key={one.name} person={one} onLink={setShown} />
              ))}
            </List>
          )}
        </Shown>
        {shown && (
          <OneTime
            title={`A link for ${shown.name}`}
            text={shown.link}
            hint="It signs in whoever opens it first, within five minutes."
            onDone={() => setShown(null)}
          />
        )}
      </Section>
      <Section title="Add somebody">
        <Add />
      </Section>
    </>
  );
}

function Person({ person, onLink }: { person: Account; onLink: (link: Link) => void }) {
  const me = useMe();
  const change = useAct("PATCH /api/v1/people/{name}");
  const remove = useAct("DELETE /api/v1/people/{name}", { done: () => told(`${person.name} is removed.`) });
  const link = useAct("POST /api/v1/sign-in-links", {
    done: (answer) => onLink({ name: person.name, link: answer.link }),
  });
  const path = { name: person.name };
  const self = me.name === person.name;
  return (
    <Table.Tr>
      <Table.Td>
        <span className="w-told">{person.name}</span> {self && <Badge color="gray">you</Badge>}{" "}
        {person.disabled && <Badge color="gray">disabled</Badge>}
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`Role of ${person.name}`}
          size="xs"
          allowDeselect={false}
          disabled={self}
          value={person.role}
          data={Object.keys(ROLES)}
          onChange={(role) => role && change.mutate({ path, body: { role: role as Role } })}
        />
      </Table.Td>
      <Table.Td>
        <When at={person.created} />
      </Table.Td>
      <Table.Td>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={`Actions for ${person.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item disabled={person.disabled} onClick={() => link.mutate({ body: { name: person.name } })}>
              Make a link that signs them in
            </Menu.Item>
            <Menu.Item disabled={self} onClick={() => change.mutate({ path, body: { disabled: !person.disabled } })}>
              {person.disabled ? "Let them in again" : "Disable, keep the account"}
            </Menu.Item>
            <Menu.Item color="red" disabled={self || !person.disabled} onClick={() => remove.mutate({ path })}>
              Remove {person.disabled ? "" : "(disable first)"}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}

function Add() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<string | null>("viewer");
  const [password, setPassword] = useState("");
  const add = useAct("POST /api/v1/people", {
    done: (person) => {
      told(`${person.name} can sign in.`);
      setName("");
      setPassword("");
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ body: { name, role: role as Role, password } });
  };
  return (
    <form onSubmit={send} className={classes.row}>
      <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select label="Role" allowDeselect={false} data={CHOICES} value={role} onChange={setRole} />
      <PasswordInput
        label="Password"
        description="They can change it under You."
        autoComplete="new-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={add.isPending}>
        Add
      </Button>
      {role && (
        <Text size="sm" className="w-dim" flex="1 1 100%">
          A {role} {ROLES[role as Role]}.
        </Text>
      )}
    </form>
  );
}

export const part: SettingsPart = { slug: "people", title: "People", order: 2, right: "admin", body: People };
