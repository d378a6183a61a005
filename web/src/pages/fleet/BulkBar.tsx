// What can be done with all that are selected. It names how many, and how many of them the filter hides.
import { Button, CloseButton } from "@mantine/core";
import { IconArchive, IconCheck, IconPlayerPlay, IconTag } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { useMay } from "~/api/me";
import { fleet } from "~/live/fleet";
import { told, trouble } from "~/look/tell";
import { undoable } from "~/look/undo";
import { count } from "~/look/words";
import { runPlace } from "~/parts/node/places";
import { fold } from "~/parts/target/names";
import { bulk, failures } from "./bulk";
import classes from "./fleet.module.css";

const BulkTags = lazy(() => import("./BulkTags"));

interface Props {
  selected: ReadonlySet<string>;
  shown: string[];
  clear: () => void;
}

export function BulkBar({ selected, shown, clear }: Props) {
  const operates = useMay("operate");
  const [, go] = useLocation();
  const [tagging, setTagging] = useState(false);
  if (!selected.size) return null;
  const names = [...selected];
  const hidden = names.length - shown.filter((name) => selected.has(name)).length;
  const waiting = names.filter((name) => fleet.row(name)?.state === "pending");
  return (
    <section className={classes.bulk} aria-label="Selected nodes">
      <strong className="w-number">{count(names.length, "node")} selected</strong>
      {hidden > 0 && <span className="w-dim">{hidden} of them not shown here</span>}
      {!operates && <span className="w-dim">You may look, but not act: that needs the right “operate”.</span>}
      {operates && (
        <>
          <Button size="xs" leftSection={<IconPlayerPlay size={16} />} onClick={() => go(runPlace(fold(names)))}>
            Run …
          </Button>
          <Button size="xs" variant="default" leftSection={<IconTag size={16} />} onClick={() => setTagging(true)}>
            Tag …
          </Button>
          {waiting.length > 0 && (
            <Button size="xs" variant="default" leftSection={<IconCheck size={16} />} onClick={() => letIn(waiting)}>
              Let in {waiting.length}
            </Button>
          )}
          <Button size="xs" variant="default" leftSection={<IconArchive size={16} />} onClick={() => put(names, clear)}>
            Retire
          </Button>
        </>
      )}
      <CloseButton aria-label="Select nothing" onClick={clear} />
      <Suspense fallback={null}>{tagging && <BulkTags names={names} onClose={() => setTagging(false)} />}</Suspense>
    </section>
  );
}

function letIn(names: string[]): void {
  bulk({ names, state: "adopted" }).then(({ results }) => {
    const wrong = failures(results);
    if (wrong) trouble(new Error(wrong));
    else told(`${count(results.length, "node is", "nodes are")} let in`);
  }, trouble);
}

function put(names: string[], clear: () => void): void {
  bulk({ names, state: "retired" }).then(({ results }) => {
    clear();
    const retired = results.filter((one) => one.ok).map((one) => one.name);
    if (failures(results)) trouble(new Error(failures(results)));
    if (!retired.length) return;
    const back = () => bulk({ names: retired, state: "adopted" });
    undoable(`${count(retired.length, "node is", "nodes are")} retired; their history stays`, back);
  }, trouble);
}
