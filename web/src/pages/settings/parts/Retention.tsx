// How long readings are kept, by rules in an order. Nothing changes before it is saved, for what is deleted is gone.
import { ActionIcon, Button, Group, NumberInput, Table, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { RuleInfo } from "~/api/types";
import { sentence, told } from "~/look/tell";
import { count } from "~/look/words";
import { Shown } from "~/parts/States";
import type { SettingsPart } from "../part";
import { fault, moved } from "../rules";
import { List, Section } from "../Section";

const NEW: RuleInfo = { match: "", readings_days: 30, rollup_days: 0 };
const MOST = 10_000;

function Retention() {
  const rules = useAnswer("GET /api/v1/retention");
  return (
    <Section
      title="How long readings are kept"
      hint="The first rule that fits a series holds for it; days of 0 mean for ever. For all others, and for logs, the settings under Limits hold ([history])."
    >
      <Shown of={rules}>{(found) => <Editor key={JSON.stringify(found.rules)} stored={found.rules} />}</Shown>
    </Section>
  );
}

function Editor({ stored }: { stored: RuleInfo[] }) {
  const [rules, setRules] = useState(stored);
  const may = useMay("admin");
  const save = useAct("PUT /api/v1/retention", { done: () => told("The rules are saved.") });
  const changed = JSON.stringify(rules) !== JSON.stringify(stored);
  const wrong = rules.map(fault).find(Boolean);
  const set = (index: number, some: Partial<RuleInfo>) =>
    setRules(rules.map((rule, place) => (place === index ? { ...rule, ...some } : rule)));
  return (
    <>
      {rules.length > 0 && (
        <List label="Rules" heads={["Series", "Readings, days", "Roll-ups, days", "Fits now", ""]} width={640}>
          {rules.map((rule, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the order
            <Table.Tr key={index}>
              <Rule rule={rule} number={index + 1} onChange={(some) => set(index, some)} disabled={!may} />
              <Table.Td>
                <Group gap={2} wrap="nowrap">
                  <Act name="Up" of={index} disabled={!may} onClick={() => setRules(moved(rules, index, -1))}>
                    <IconArrowUp size={16} />
                  </Act>
                  <Act name="Down" of={index} disabled={!may} onClick={() => setRules(moved(rules, index, 1))}>
                    <IconArrowDown size={16} />
                  </Act>
                  <Act
                    name="Remove"
                    of={index}
                    disabled={!may}
                    onClick={() => setRules(rules.filter((_, place) => place !== index))}
                  >
                    <IconTrash size={16} />
                  </Act>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </List>
      )}
      {!rules.length && <Text size="sm">There are no rules: everything is kept as the settings say.</Text>}
      {may && (
        <Group mt="md">
          <Button variant="default" onClick={() => setRules([...rules, NEW])}>
            Add a rule
          </Button>
          <Button
            disabled={!changed || Boolean(wrong)}
            loading={save.isPending}
            onClick={() => save.mutate({ body: { rules } })}
          >
            Save
          </Button>
          {changed && (
            <Button variant="subtle" onClick={() => setRules(stored)}>
              As it was
            </Button>
          )}
          {wrong && (
            <Text size="sm" c="red" role="alert">
              {sentence(wrong)}
            </Text>
          )}
          {changed && !wrong && <Text size="sm">What is too old by these rules is deleted for good soon after.</Text>}
        </Group>
      )}
    </>
  );
}

function Act(props: { name: string; of: number; disabled: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <ActionIcon aria-label={`${props.name}: rule ${props.of + 1}`} disabled={props.disabled} onClick={props.onClick}>
      {props.children}
    </ActionIcon>
  );
}

interface RuleProps {
  rule: RuleInfo;
  number: number;
  disabled: boolean;
  onChange: (some: Partial<RuleInfo>) => void;
}

function Rule({ rule, number, disabled, onChange }: RuleProps) {
  return (
    <>
      <Table.Td>
        <TextInput
          size="xs"
          aria-label={`Series of rule ${number}`}
          placeholder="rig-*/power"
          disabled={disabled}
          value={rule.match}
          onChange={(event) => onChange({ match: event.currentTarget.value })}
        />
      </Table.Td>
      {(["readings_days", "rollup_days"] as const).map((field) => (
        <Table.Td key={field}>
          <NumberInput
            size="xs"
            aria-label={`${field === "readings_days" ? "Readings" : "Roll-ups"} of rule ${number}, days`}
            min={0}
            disabled={disabled}
            value={rule[field]}
            onChange={(days) => onChange({ [field]: Number(days) })}
          />
        </Table.Td>
      ))}
      <Table.Td className="w-number">{rule.match.trim() && <Fits match={rule.match.trim()} />}</Table.Td>
    </>
  );
}

function Fits({ match }: { match: string }) {
  const { data } = useAnswer("GET /api/v1/series", { query: { match: [match], limit: MOST } });
  return data ? count(data.series.length, "series", "series") : "…";
}

export const part: SettingsPart = {
  slug: "retention",
  title: "Retention",
  order: 5,
  right: "read",
  body: Retention,
};
