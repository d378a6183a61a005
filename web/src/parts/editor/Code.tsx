// CodeMirror itself, in our colours. Its styles carry the nonce of the page, or the policy would refuse them.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { EditorProps } from "./Editor";
import classes from "./editor.module.css";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--w-info)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--w-up)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--w-warn)" },
  { tag: tags.comment, color: "var(--w-dim)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], fontWeight: "600" },
]);

const look = EditorView.theme({
  "&": { color: "var(--w-text)", backgroundColor: "var(--w-surface)" },
  ".cm-gutters": { backgroundColor: "var(--w-page)", color: "var(--w-dim)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--w-off-soft)" },
  ".cm-cursor": { borderLeftColor: "var(--w-text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--w-info-soft) !important" },
  "&.cm-focused": { outline: "none" },
});

export default function Code({ value, onChange, language, label, hint, onRun }: EditorProps & { hint: string }) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ onChange, onRun, value });
  latest.current = { onChange, onRun, value };
  useEffect(() => {
    const extensions: Extension[] = [
      EditorView.cspNonce.of(nonce),
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      bracketMatching(),
      indentUnit.of("    "),
      syntaxHighlighting(colours),
      language === "python" ? python() : StreamLanguage.define(shell),
      keymap.of([
        { key: "Mod-Enter", run: () => run(latest.current.onRun) },
        ...defaultKeymap,
        ...historyKeymap,
        indentWithTab,
      ]),
      EditorView.contentAttributes.of({
        "aria-label": label,
        "aria-describedby": hint,
        "data-mantine-stop-propagation": "true", // Escape leaves the editor; it does not close the drawer around it
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onChange(update.state.doc.toString());
      }),
      look,
    ];
    const state = EditorState.create({ doc: latest.current.value, extensions });
    const made = new EditorView({ state, parent: place.current as HTMLDivElement });
    view.current = made;
    return () => made.destroy();
  }, [language, label, hint]);
  useEffect(() => {
    const made = view.current;
    if (made && made.state.doc.toString() !== value) {
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
    }
  }, [value]);
  return <div ref={place} className={classes.code} />;
}

/** Taken, whatever it does: an empty line must not be added instead. */
function run(act: (() => void) | undefined): boolean {
  act?.();
  return true;
}
