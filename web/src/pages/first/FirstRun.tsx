// The page of a one-time link: a set-up link makes an admin and shows them around, a sign-in link goes straight in. Who
// comes back in the middle goes on where they were.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useLocation, useParams } from "wouter";
import { useAnswer } from "~/api/ask";
import { Wait } from "~/parts/States";
import { DeadLink } from "./DeadLink";
import classes from "./first.module.css";
import { Guide } from "./Guide";
import { SignIn } from "./SignIn";
import { resumed } from "./steps";
import { You } from "./You";

export default function FirstRun() {
  const { code = "" } = useParams<{ code: string }>();
  const me = useAnswer("GET /api/v1/me", {}, { retry: false });
  const admin = me.data?.rights.includes("admin") ?? false;
  const place = useAnswer("GET /api/v1/place", {}, { enabled: admin });
  const step = resumed(place.data?.first_run ?? "");
  if (me.isPending || (admin && place.isPending)) return <Frame>{<Wait what="Asking the hub" />}</Frame>;
  if (admin && step) return <Guide first={step} />;
  return <Link code={code} />;
}

function Link({ code }: { code: string }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const [begun, setBegun] = useState<"guide" | null>(null);
  const link = useAnswer("GET /api/v1/setup-links/{code}", { path: { code } }, { retry: false, staleTime: 0 });
  if (begun) return <Guide first="place" />;
  if (link.error) return <Frame>{<DeadLink error={link.error} again={() => void link.refetch()} />}</Frame>;
  if (!link.data) return <Frame>{<Wait what="Looking at the link" />}</Frame>;
  const enter = async (guided: boolean) => {
    client.removeQueries({ queryKey: ["GET /api/v1/setup-links/{code}"] });
    await client.resetQueries({ queryKey: ["GET /api/v1/me"] });
    if (guided) setBegun("guide");
    else go("/", { replace: true });
  };
  if (link.data.kind === "sign-in") return <Frame>{<SignIn code={code} name={link.data.name} done={enter} />}</Frame>;
  return <You code={code} done={enter} />;
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
