// Everything of one line: its fields, its text whole, the document in it, and what can be done with it.
import { ActionIcon, Button, Group } from "@mantine/core";
import { IconDotsVertical } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Raw } from "~/look/Raw";
import type { Range } from "~/look/raw";
import { moment } from "~/look/words";
import { CopyButton } from "~/parts/Copy";
import type { Acts } from "./acts";
import { useWhole } from "./asking";
import { beside, documentIn, type Line, levelOf } from "./line";
import classes from "./logs.module.css";
import { Tree } from "./Tree";

const FIRST = 10_000; // characters that are drawn without being asked for
const MOST = 400_000;

interface Props {
  line: Line;
  hits: ((text: string) => Range[]) | null;
  acts: Acts;
}

export function Detail({ line, hits, acts }: Props) {
  const [all, setAll] = useState(false);
  const whole = useWhole(line.id, all && line.cut > 0);
  const body = whole.data?.body ?? line.body;
  const document = useMemo(() => documentIn(body), [body]);
  const shown = body.slice(0, all ? MOST : FIRST);
  const marked = useMemo(() => hits?.(shown), [hits, shown]);
  const attrs = useMemo(() => beside(line), [line]);
  return (
    <div className={classes.detail}>
      <dl className={classes.fields}>
        <Field name="Time" text={`${moment(line.at)}, ${moment(line.at, true)}`} />
        <Field name="Node" text={line.node} />
        {line.source && <Field name="Source" text={line.source} />}
        <Field name="Severity" text={`${levelOf(line.severity) || "none"} (${line.severity})`} />
      </dl>
      {document ? (
        <Tree value={document} />
      ) : (
        <pre className={`w-told ${classes.whole}`}>
          <Raw text={shown} hits={marked} />
        </pre>
      )}
      {(body.length > shown.length || (line.cut > 0 && !whole.data)) && (
        <Button size="compact-xs" variant="default" loading={whole.isLoading} onClick={() => setAll(true)}>
          Show all {(line.cut || body.length).toLocaleString("en")} characters
        </Button>
      )}
      {whole.error && <p className="w-dim">{whole.error.message}</p>}
      {attrs && <Tree value={attrs} />}
      <Group gap={8}>
        <CopyButton text={body} label="Copy the text" />
        <ActionIcon data-act="menu" aria-label="More for this line" aria-haspopup="menu">
          <IconDotsVertical size={16} />
        </ActionIcon>
        <Button size="compact-sm" variant="default" onClick={() => acts.around(line)}>
          What came before and after
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => acts.only(line, "node")}>
          Only this node
        </Button>
        {line.source && (
          <Button size="compact-sm" variant="default" onClick={() => acts.only(line, "source")}>
            Only this source
          </Button>
        )}
      </Group>
    </div>
  );
}

function Field({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="w-told">
        <Raw text={text.slice(0, 1_000)} />
      </dd>
    </div>
  );
}
