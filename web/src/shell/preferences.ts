// What a person likes, kept on the hub so that it is the same at every machine. Light or dark is the browser's, because
// it must be known before anything is drawn.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import { useMe } from "~/api/me";
import { trouble } from "~/look/tell";
import { allowSingleKeys } from "./keys";

export interface Preferences {
  density: "comfortable" | "compact";
  keys: boolean;
  utc: boolean;
  wrap: boolean;
  fleetView: "cards" | "table" | "seats";
  /** What is shown beside the lines of a log: node, source, dates, bars. */
  logs: string[];
}

const DEFAULTS: Preferences = {
  density: "comfortable",
  keys: true,
  utc: false,
  wrap: false,
  fleetView: "table",
  logs: ["node", "source", "bars"],
};
const ROUTE = "GET /api/v1/me/preferences";

/** The preferences, and a function that changes some of them. Changes show at once and are kept where there is a person. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const client = useQueryClient();
  const { kind } = useMe();
  const { data } = useAnswer(ROUTE, {}, { staleTime: Number.POSITIVE_INFINITY });
  const preferences = { ...DEFAULTS, ...(data as Partial<Preferences> | undefined) };
  const change = (some: Partial<Preferences>) => {
    const all = { ...preferences, ...some };
    void client.cancelQueries({ queryKey: [ROUTE, {}] }); // an answer on its way is of before
    client.setQueryData([ROUTE, {}], all);
    if (kind === "person") void call("PUT /api/v1/me/preferences", { body: { ...all } }).catch(trouble);
  };
  return [preferences, change];
}

/** Puts preferences that are not a component's own into force; once, by the shell. */
export function useApplied(): void {
  const [{ keys, density }] = usePreferences();
  useEffect(() => allowSingleKeys(keys), [keys]);
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
}
