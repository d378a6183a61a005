// A field for programs. CodeMirror comes with the first one that is shown; Tab indents, and Escape then Tab goes on.
import { Text } from "@mantine/core";
import { lazy, Suspense, useId } from "react";
import { Wait } from "../States";
import classes from "./editor.module.css";

const Code = lazy(() => import("./Code"));

export interface EditorProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  language: "python" | "sh";
  /** Ctrl or Cmd and Enter. */
  onRun?: () => void;
}

export function Editor(props: EditorProps) {
  const hint = useId();
  return (
    <div className={classes.editor}>
      <Text size="sm" fw={500} mb={4}>
        {props.label}
      </Text>
      <Suspense fallback={<Wait what="The editor is loading" />}>
        <Code {...props} hint={hint} />
      </Suspense>
      <Text id={hint} size="xs" className="w-dim" mt={4}>
        Tab indents; Escape, then Tab, leaves the editor.
      </Text>
    </div>
  );
}
