// What can be done with a node without opening it. The menu is only made when it is opened, since a list has hundreds of
// rows; it hangs on a mark beside its button, which would otherwise be made anew with it and lose the focus.
import { Menu } from "@mantine/core";
import {
  IconArchive,
  IconBan,
  IconChartLine,
  IconCheck,
  IconDots,
  IconListDetails,
  IconPencil,
  IconPlayerPlay,
  IconTag,
} from "@tabler/icons-react";
import { lazy, Suspense, useRef, useState } from "react";
import { Link } from "wouter";
import { useMay } from "~/api/me";
import type { FleetRow } from "~/live/wire";
import { accept, refuse, retire } from "~/parts/node/acts";
import { nodePlace, runPlace } from "~/parts/node/places";
import classes from "./fleet.module.css";

const RenameDialog = lazy(async () => ({ default: (await dialogs()).RenameDialog }));
const TagsDialog = lazy(async () => ({ default: (await dialogs()).TagsDialog }));
const dialogs = () => import("~/parts/node/NodeDialogs");

export function RowActions({ row }: { row: FleetRow }) {
  const operates = useMay("operate");
  const runs = operates && row.allows?.run && row.state === "adopted";
  return (
    <span className={classes.actions}>
      <Link href={nodePlace(row.name, "logs")} className={classes.act} aria-label={`Logs of ${row.name}`} title="Logs">
        <IconListDetails size={18} aria-hidden="true" />
      </Link>
      <Link
        href={nodePlace(row.name, "series")}
        className={classes.act}
        aria-label={`Series of ${row.name}`}
        title="Series"
      >
        <IconChartLine size={18} aria-hidden="true" />
      </Link>
      {runs && (
        <Link href={runPlace(row.name)} className={classes.act} aria-label={`Run on ${row.name}`} title="Run">
          <IconPlayerPlay size={18} aria-hidden="true" />
        </Link>
      )}
      {!runs && <span className={classes.noAct} title={whyNot(row, operates)} />}
      {operates && <More row={row} />}
    </span>
  );
}

function whyNot(row: FleetRow, operates: boolean): string {
  if (!operates) return "You may look, but not run anything";
  if (!row.allows) return "Nothing can be run on it: it has no agent";
  return row.state === "adopted" ? "Its owner does not allow running: wacket-agent allow run" : "It is not let in yet";
}

function More({ row }: { row: FleetRow }) {
  const [opened, setOpened] = useState(false);
  const [dialog, setDialog] = useState<"" | "name" | "tags">("");
  const button = useRef<HTMLButtonElement>(null);
  const turn = (open: boolean) => {
    setOpened(open);
    if (!open) button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={classes.act}
        aria-label={`More for ${row.name}`}
        aria-haspopup="menu"
        aria-expanded={opened}
        data-more=""
        onClick={() => setOpened(true)}
      >
        <IconDots size={18} aria-hidden="true" />
      </button>
      {opened && (
        <Menu opened onChange={turn} position="bottom-end" withinPortal>
          <Menu.Target>
            <span className={classes.anchor} aria-hidden="true" />
          </Menu.Target>
          <Entries row={row} open={setDialog} />
        </Menu>
      )}
      <Suspense fallback={null}>
        {dialog === "name" && <RenameDialog name={row.name} onClose={() => setDialog("")} />}
        {dialog === "tags" && <TagsDialog name={row.name} tags={row.tags} onClose={() => setDialog("")} />}
      </Suspense>
    </>
  );
}

function Entries({ row, open }: { row: FleetRow; open: (dialog: "name" | "tags") => void }) {
  return (
    <Menu.Dropdown aria-label={`More for ${row.name}`}>
      {row.state !== "adopted" && (
        <Menu.Item leftSection={<IconCheck size={16} />} onClick={() => accept(row.name)}>
          Let in
        </Menu.Item>
      )}
      {row.state === "pending" && (
        <Menu.Item leftSection={<IconBan size={16} />} onClick={() => refuse(row.name)}>
          Turn away
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open("name")}>
        Rename …
      </Menu.Item>
      <Menu.Item leftSection={<IconTag size={16} />} onClick={() => open("tags")}>
        Tags …
      </Menu.Item>
      {row.state === "adopted" && (
        <Menu.Item leftSection={<IconArchive size={16} />} onClick={() => retire(row.name)}>
          Retire
        </Menu.Item>
      )}
    </Menu.Dropdown>
  );
}
