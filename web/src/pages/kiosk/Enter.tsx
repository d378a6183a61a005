// A wall screen shows its secret once and is let in. The secret stands behind the # of the address, which browsers send to
// nobody; it leaves the address as soon as it was given.
import { useEffect, useState } from "react";
import { useParams } from "wouter";
import { call, HubError } from "~/api/client";
import { PageHead } from "~/parts/PageHead";
import { Empty, Wait } from "~/parts/States";

const AGAIN = 5_000; // ms; a screen is often switched on before the hub is

export default function Enter() {
  const { id = "" } = useParams<{ id: string }>();
  const [reason, setReason] = useState("");
  useEffect(() => {
    const secret = location.hash.slice(1);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enter = () => {
      call("POST /api/v1/kiosk-session", { body: { secret } }).then(
        () => location.replace(`/kiosk/${encodeURIComponent(id)}`),
        (error: unknown) => {
          setReason(error instanceof Error ? error.message : String(error));
          if (error instanceof HubError && (error.status === 0 || error.status >= 500))
            timer = setTimeout(enter, AGAIN);
        },
      );
    };
    if (secret) enter();
    else setReason("this address lacks what stands behind its #");
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <main>
      <PageHead title="Wall screen" name="Wall screen" />
      {reason ? (
        <Empty title="This screen was not let in">
          <span>{reason}.</span>
          <span>
            Whoever may operate this hub makes a new link: Series, open the view, Views, “Put it on a wall”. Copy the
            whole line.
          </span>
        </Empty>
      ) : (
        <Wait what="Asking the hub" />
      )}
    </main>
  );
}
