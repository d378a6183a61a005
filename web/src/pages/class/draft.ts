// What somebody is writing, kept in their browser's tab so that a reload, or the next question, finds it again.
import { useCallback, useState } from "react";

export interface Draft {
  program: string;
  timeout: number;
  check: string;
  /** Whether the check program is used. */
  checked: boolean;
}

const CHECK = `import json, sys

answer = json.load(sys.stdin)
if answer["hw_exit"]:
    print("your program failed")
else:
    print("right" if answer["hw_response"].strip() == "42" else "not 42")
`;
const NEW: Draft = { program: "", timeout: 10, check: CHECK, checked: false };

export function useDraft(name: string, begin: Partial<Draft> = {}): [Draft, (change: Partial<Draft>) => void] {
  const key = `wacket draft: ${name}`;
  const [draft, setDraft] = useState<Draft>(() => ({ ...NEW, ...begin, ...kept(key) }));
  const change = useCallback(
    (some: Partial<Draft>) =>
      setDraft((before) => {
        const next = { ...before, ...some };
        keep(key, next);
        return next;
      }),
    [key],
  );
  return [draft, change];
}

function kept(key: string): Partial<Draft> {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<Draft>;
  } catch {
    return {};
  }
}

function keep(key: string, draft: Draft): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: it is only a convenience.
  }
}
