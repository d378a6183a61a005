// The page of a one-time link: a set-up link makes an admin and shows them around, a sign-in link goes straight in. Who
// comes back in the middle goes on where they were.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useParams, useSearchParams } from "wouter";
import { useAnswer } from "~/api/ask";
import { call, type HubError } from "~/api/client";
import type { LinkInfo } from "~/api/types";
import { Wait } from "~/parts/States";
import { DeadLink } from "./DeadLink";
import classes from "./first.module.css";
import { Guide } from "./Guide";
import { SignIn } from "./SignIn";
import { placeIn, resumed } from "./steps";
import { You } from "./You";

export default function FirstRun() {
  const { code = "" } = useParams<{ code: string }>();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [begun, setBegun] = useState(false);
  const { link, error, look } = useLink(code);
  if (begun) return <Guide first="place" />;
  if (error) return <Used error={error} again={look} />;
  if (!link) return <Frame>{<Wait what="Looking at the link" />}</Frame>;
  const enter = async (guided: boolean) => {
    await client.resetQueries({ queryKey: ["GET /api/v1/me"] });
    if (guided) setBegun(true);
    else go(placeIn(search.get("to")), { replace: true });
  };
  if (link.kind === "set-up") return <You code={code} done={enter} />;
  return <Frame>{<SignIn code={code} name={link.name} done={enter} />}</Frame>;
}

/** What a link is good for. Asked once and never again by itself: to ask for used ones is slowed down by the hub. */
function useLink(code: string): { link: LinkInfo | null; error: HubError | null; look: () => void } {
  const [link, setLink] = useState<LinkInfo | null>(null);
  const [error, setError] = useState<HubError | null>(null);
  const asked = useRef("");
  const look = useCallback(() => {
    setError(null);
    call("GET /api/v1/setup-links/{code}", { path: { code } }).then(setLink, setError);
  }, [code]);
  useEffect(() => {
    if (asked.current !== code) look();
    asked.current = code;
  }, [code, look]);
  return { link, error, look };
}

/** A link that is used up may be that of somebody who loads the page anew in the middle of the guide. */
function Used({ error, again }: { error: HubError; again: () => void }) {
  const me = useAnswer("GET /api/v1/me", {}, { retry: false });
  const admin = me.data?.rights.includes("admin") ?? false;
  const place = useAnswer("GET /api/v1/place", {}, { enabled: admin });
  const step = resumed(place.data?.first_run ?? "");
  if (me.isPending || (admin && place.isPending)) return <Frame>{<Wait what="Asking the hub" />}</Frame>;
  if (admin && step) return <Guide first={step} />;
  return <Frame>{<DeadLink error={error} again={again} />}</Frame>;
}

export function Frame({ children }: { children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Mark />
      {children}
    </main>
  );
}

export function Mark() {
  return (
    <p className={classes.mark}>
      <img src="/favicon.svg" alt="" />
      Wacket
    </p>
  );
}
