// A sign-in link goes straight in; it is used by this page and not by whoever looks at the address, such as a chat that
// shows what is behind links.
import { useEffect, useRef } from "react";
import { useAct } from "~/api/ask";
import { Wait } from "~/parts/States";
import { DeadLink } from "./DeadLink";

interface Props {
  code: string;
  name: string;
  done: (guided: boolean) => Promise<void>;
}

export function SignIn({ code, name, done }: Props) {
  const act = useAct("POST /api/v1/setup", { quiet: true, done: () => void done(false) });
  const begun = useRef(false);
  const { mutate, error } = act;
  useEffect(() => {
    if (!begun.current) mutate({ body: { code } });
    begun.current = true;
  }, [mutate, code]);
  if (error) return <DeadLink error={error} again={() => mutate({ body: { code } })} />;
  return <Wait what={`Signing in ${name}`} />;
}
