// Choosing series among tens of thousands: the hub searches, by name and by node; globs are taken as typed.
import { Combobox, Loader, Pill, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useAnswer } from "~/api/ask";
import { cut } from "~/parts/chart/places";
import type { Choices } from "./choices";
import { type Offer, useOffers } from "./offers";
import classes from "./series.module.css";

interface Props {
  choices: Choices;
  change: (some: Partial<Choices>) => void;
}

export function Picker({ choices, change }: Props) {
  const [text, setText] = useState("");
  const [find] = useDebouncedValue(text.trim(), 150);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const { offers, asking } = useOffers(find, combobox.dropdownOpened);
  const groups = [...new Set(offers.map((one) => one.group))];
  const take = (key: string) => {
    const offer = offers.find((one) => one.key === key);
    if (offer) change(added(choices, offer));
    setText("");
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={take} withinPortal width="min(560px, 92vw)" position="bottom-start">
      <Combobox.Target>
        <TextInput
          className={classes.picker}
          label="Add series"
          placeholder="A name, a node, or a pattern such as bench/*"
          value={text}
          leftSection={asking ? <Loader size={14} /> : <IconPlus size={16} aria-hidden="true" />}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={380} className={classes.options} aria-label="Series">
          {groups.map((group) => (
            <Combobox.Group key={group} label={group}>
              {offers
                .filter((one) => one.group === group)
                .map((one) => (
                  <Combobox.Option key={one.key} value={one.key} className={classes.offer}>
                    <span className="w-line">{cut(one.label, 120)}</span>
                    <span className={`w-dim w-line ${classes.hint}`}>{cut(one.hint, 60)}</span>
                  </Combobox.Option>
                ))}
            </Combobox.Group>
          ))}
          {!offers.length && <Combobox.Empty>{asking ? "Asking the hub …" : "Nothing is called that"}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function added({ match, ids }: Choices, offer: Offer): Partial<Choices> {
  if (offer.id !== undefined) return { ids: [...new Set([...ids, offer.id])] };
  return { match: [...new Set([...match, offer.glob])] };
}

/** What is chosen, each with a way to take it out. */
export function Chips({ choices, change }: Props) {
  const { match, ids } = choices;
  const { data } = useAnswer(
    "GET /api/v1/series/values",
    { query: { id: ids, since: "1s", step: "1s" } },
    { enabled: ids.length > 0, staleTime: Number.POSITIVE_INFINITY },
  );
  const named = (id: number) => {
    const one = data?.series.find((series) => series.id === id);
    const labels = Object.entries(one?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
    return one ? `${one.node}/${one.name}${labels.length ? ` {${labels.join(", ")}}` : ""}` : `series ${id}`;
  };
  const all = [
    ...match.map((glob) => ({ key: glob, label: glob, without: { match: match.filter((one) => one !== glob) } })),
    ...ids.map((id) => ({ key: `#${id}`, label: named(id), without: { ids: ids.filter((one) => one !== id) } })),
  ];
  return (
    <div className={classes.chips}>
      {all.map(({ key, label, without }) => (
        <Pill
          key={key}
          size="md"
          withRemoveButton
          onRemove={() => change(without)}
          removeButtonProps={{ "aria-label": `Take out ${cut(label, 80)}`, tabIndex: 0, "aria-hidden": false }}
        >
          <span className="w-line">{cut(label, 60)}</span>
        </Pill>
      ))}
    </div>
  );
}
