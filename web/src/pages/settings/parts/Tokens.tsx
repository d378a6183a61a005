// Tokens: of programs, of wall screens, and those with which machines join. What has ended is shown below, not lost.
import { Badge, Button, Checkbox, Group, NumberInput, Table, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import type { JoinTokenInfo, TokenInfo } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import { Empty, Shown } from "~/parts/States";
import { OneTime } from "../OneTime";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

const SCOPES = {
  ingest: "send data",
  read: "see everything",
  operate: "run what machines allow",
  admin: "everything",
} as const;
type Scope = keyof typeof SCOPES;

function Tokens() {
  const tokens = useAnswer("GET /api/v1/tokens");
  const joining = useAnswer("GET /api/v1/join-tokens");
  return (
    <>
      <Section title="Make a token" hint="For a program or a board. It is shown once; the hub keeps only its hash.">
        <Make />
      </Section>
      <Section title="Tokens of programs and wall screens">
        <Shown of={tokens}>
          {({ tokens: found }) =>
            found.length ? (
              <List label="Tokens" heads={["Name", "May", "Used", "Ends", ""]}>
                {found.map((one) => (
                  <Row key={one.id} token={one} />
                ))}
              </List>
            ) : (
              <Empty title="None yet">
                <code>wacket token create NAME --scope read</code>
              </Empty>
            )
          }
        </Shown>
      </Section>
      <Section title="Tokens with which machines join" hint={<Joining />}>
        <Shown of={joining}>
          {({ tokens: found }) =>
            found.length ? (
              <List label="Join tokens" heads={["Tags", "Machines", "Let in", "Ends", ""]}>
                {found.map((one) => (
                  <JoinRow key={one.id} token={one} />
                ))}
              </List>
            ) : (
              <Text size="sm">None yet.</Text>
            )
          }
        </Shown>
      </Section>
    </>
  );
}

function Joining() {
  return (
    <>
      They are made by <Link href="/?add=machine">adding a machine</Link>.
    </>
  );
}

function Row({ token }: { token: TokenInfo }) {
  const revoke = useAct("DELETE /api/v1/tokens/{token_id}", { done: () => told(`${token.name} no longer works.`) });
  return (
    <Table.Tr>
      <Table.Td>
        <span className="w-told">{token.name}</span>
        {token.node && <div className="w-dim w-told">as {token.node}</div>}
      </Table.Td>
      <Table.Td>{token.scopes.map((scope) => SCOPES[scope as Scope] ?? scope).join(", ")}</Table.Td>
      <Table.Td>
        <When at={token.last_used} />
      </Table.Td>
      <Table.Td>{token.revoked ? <Badge color="gray">revoked</Badge> : <When at={token.expires} />}</Table.Td>
      <Table.Td>
        {!token.revoked && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke ${token.name}`}
            onClick={() => revoke.mutate({ path: { token_id: token.id } })}
          >
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function JoinRow({ token }: { token: JoinTokenInfo }) {
  const revoke = useAct("DELETE /api/v1/join-tokens/{token_id}");
  const tags = Object.entries(token.tags).map(([name, value]) => (value ? `${name}:${value}` : name));
  return (
    <Table.Tr>
      <Table.Td className="w-told">{tags.join(", ") || "no tags"}</Table.Td>
      <Table.Td className="w-number">
        {token.used} of {token.uses}
      </Table.Td>
      <Table.Td>{token.accept ? "by itself" : "after you accept"}</Table.Td>
      <Table.Td>{token.revoked ? <Badge color="gray">revoked</Badge> : <When at={token.expires} />}</Table.Td>
      <Table.Td>
        {!token.revoked && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke join token ${token.id}`}
            onClick={() => revoke.mutate({ path: { token_id: token.id } })}
          >
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Make() {
  const [name, setName] = useState("");
  const [node, setNode] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["ingest"]);
  const [days, setDays] = useState<number | string>(365);
  const [secret, setSecret] = useState("");
  const make = useAct("POST /api/v1/tokens", {
    done: (answer) => {
      setSecret(answer.secret);
      setName("");
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ body: { name, scopes, node, days: Number(days) || null } });
  };
  return (
    <form onSubmit={send}>
      <div className={classes.row}>
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label="Only as the node"
          placeholder="any"
          value={node}
          onChange={(event) => setNode(event.currentTarget.value)}
        />
        <NumberInput label="Works for (days, 0 for ever)" min={0} max={36500} value={days} onChange={setDays} />
        <Button type="submit" loading={make.isPending} disabled={!scopes.length}>
          Make it
        </Button>
      </div>
      <Checkbox.Group label="It may" mt="sm" value={scopes} onChange={(chosen) => setScopes(chosen as Scope[])}>
        <Group mt={4}>
          {Object.entries(SCOPES).map(([scope, meaning]) => (
            <Checkbox key={scope} value={scope} label={meaning} />
          ))}
        </Group>
      </Checkbox.Group>
      {secret && (
        <OneTime
          title="The new token"
          text={secret}
          hint="Programs send it as the header Authorization: Bearer, followed by this."
          onDone={() => setSecret("")}
        />
      )}
    </form>
  );
}

export const part: SettingsPart = { slug: "tokens", title: "Tokens", order: 3, right: "admin", body: Tokens };
