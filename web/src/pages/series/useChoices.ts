// The choices in force: those of the address, or of the saved view that it names; and how they change.
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { useAnswer } from "~/api/ask";
import type { HubError } from "~/api/client";
import type { ViewInfo } from "~/api/types";
import { type Choices, chosen, searchOf } from "./choices";

export interface Chosen {
  choices: Choices;
  change: (some: Partial<Choices>, push?: boolean) => void;
  /** The saved view that is open. */
  view: ViewInfo | undefined;
  /** Whether it is shown otherwise than it was saved. */
  changed: boolean;
  error: HubError | null;
  zoom: (range: string) => void;
  /** The range before zooming; undefined where there was none. */
  back: (() => void) | undefined;
}

export function useChoices(id: string): Chosen {
  const [params, setParams] = useSearchParams();
  const number = Number(id);
  const named = Number.isInteger(number) && number > 0;
  const { data: view, error } = useAnswer(
    "GET /api/v1/views/{view_id}",
    { path: { view_id: number } },
    { enabled: named },
  );
  const own = params.toString();
  const saved = view?.search ?? "";
  const choices = useMemo(() => chosen(new URLSearchParams(own || saved)), [own, saved]);
  const change = (some: Partial<Choices>, push = false) => {
    setParams(searchOf({ ...choices, ...some }), { replace: !push });
  };
  const [before, setBefore] = useState<string[]>([]);
  const zoom = (range: string) => {
    setBefore([...before, choices.range].slice(-50));
    change({ range }, true);
  };
  const last = before[before.length - 1];
  const back = () => {
    setBefore(before.slice(0, -1));
    change({ range: last as string }, true);
  };
  return {
    choices,
    change,
    view: named ? view : undefined,
    changed: Boolean(own) && own !== searchOf(chosen(new URLSearchParams(saved))).toString(),
    error: named ? error : null,
    zoom,
    back: last === undefined ? undefined : back,
  };
}
