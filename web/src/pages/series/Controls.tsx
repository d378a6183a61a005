// How the chosen series are shown: range, step, function, charts, and what they are compared with.
import { Button, Select, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useRef } from "react";
import { hubNow } from "~/live/clock";
import { RangePicker } from "~/parts/chart/RangePicker";
import { between, bounds, isLive } from "~/parts/chart/range";
import { useKeys } from "~/shell/keys";
import { usePreferences } from "~/shell/preferences";
import { type Choices, FUNCTIONS, GROUPS, type Grouping, SHIFTS, STEPS } from "./choices";
import classes from "./series.module.css";

interface Props {
  choices: Choices;
  change: (some: Partial<Choices>, push?: boolean) => void;
  back: (() => void) | undefined;
}

export function Controls({ choices, change, back }: Props) {
  const { range, step, fn, group, shift } = choices;
  return (
    <>
      <div className={classes.field}>
        <span className={classes.label}>Range</span>
        <div className={classes.row}>
          <RangePicker range={range} onRange={(one) => change({ range: one }, true)} />
          <Live range={range} change={change} />
          {back && (
            <Tooltip label="Back to the range before zooming">
              <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden="true" />} onClick={back}>
                Back
              </Button>
            </Tooltip>
          )}
        </div>
      </div>
      <Choice label="Step" data={STEPS} value={step} take={(one) => change({ step: one })} width={92} />
      <Choice label="Function" data={FUNCTIONS} value={fn} take={(one) => change({ fn: one })} width={204} />
      <Choice
        label="Charts"
        data={GROUPS}
        value={group}
        take={(one) => change({ group: one as Grouping })}
        width={180}
      />
      <Choice label="Compare with" data={SHIFTS} value={shift} take={(one) => change({ shift: one })} width={160} />
    </>
  );
}

/** Stops the curves where they are, and lets them go on. */
function Live({ range, change }: Pick<Props, "change"> & { range: string }) {
  const [{ utc }] = usePreferences();
  const before = useRef("1h");
  const live = isLive(range);
  if (live) before.current = range;
  const toggle = () => {
    if (live) change({ range: between(...bounds(range, hubNow(), utc)) });
    else change({ range: before.current });
  };
  useKeys("Series", [{ keys: "p", what: live ? "Stop the curves" : "Follow what arrives", act: toggle }]);
  return (
    <Tooltip label={live ? "Stop the curves where they are (p)" : "Follow what arrives (p)"}>
      <Button
        variant={live ? "light" : "default"}
        aria-pressed={live}
        leftSection={
          live ? <IconPlayerPause size={16} aria-hidden="true" /> : <IconPlayerPlay size={16} aria-hidden="true" />
        }
        onClick={toggle}
      >
        {live ? "Live" : "Follow"}
      </Button>
    </Tooltip>
  );
}

interface ChoiceProps {
  label: string;
  data: string[] | { value: string; label: string }[];
  value: string;
  take: (value: string) => void;
  width: number;
}

function Choice({ label, data, value, take, width }: ChoiceProps) {
  const all = typeof data[0] === "string" ? (data as string[]).map((one) => ({ value: one, label: one })) : data;
  const known = (all as { value: string; label: string }[]).some((one) => one.value === value);
  return (
    <Select
      label={label}
      data={known ? (all as { value: string; label: string }[]) : [...(all as []), { value, label: value }]}
      value={value}
      allowDeselect={false}
      onChange={(one) => one !== null && take(one)}
      className={classes.choice}
      miw={0}
      w={{ base: "auto", sm: width }}
      comboboxProps={{ width: "target", position: "bottom-start" }}
    />
  );
}
