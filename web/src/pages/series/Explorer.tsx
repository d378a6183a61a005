// Series of any nodes on common axes, from five minutes to years, and everything one does with them.
import { Anchor, Group } from "@mantine/core";
import { Link } from "wouter";
import { useMay } from "~/api/me";
import { PageHead } from "~/parts/PageHead";
import { Trouble } from "~/parts/States";
import { Begin } from "./Begin";
import { Controls } from "./Controls";
import { Curves } from "./Curves";
import { Chips, Picker } from "./Picker";
import classes from "./series.module.css";
import { useChoices } from "./useChoices";
import { Views } from "./Views";

export default function Explorer({ view }: { view: string }) {
  const chosen = useChoices(view);
  const { choices, change } = chosen;
  const may = useMay("operate");
  const title = chosen.view?.name ?? "Series";
  const nothing = !choices.match.length && !choices.ids.length;
  return (
    <>
      <PageHead title={<span className="w-told">{title}</span>} name={title} actions={<Views chosen={chosen} />}>
        <Group gap="md">
          {chosen.view && <Link href="/series">All series</Link>}
          <Anchor component={Link} href="/series/clusters">
            Clusters
          </Anchor>
        </Group>
      </PageHead>
      {chosen.error && <Trouble error={chosen.error} />}
      <div className={classes.bar}>
        <Picker choices={choices} change={change} />
        <Chips choices={choices} change={change} />
      </div>
      {nothing ? (
        <Begin change={change} />
      ) : (
        <>
          <div className={classes.bar}>
            <Controls choices={choices} change={change} back={chosen.back} />
          </div>
          <Curves chosen={chosen} may={may} />
        </>
      )}
    </>
  );
}
