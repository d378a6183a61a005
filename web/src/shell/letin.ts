// Who was let in may lose that while the page is open: a session that was ended, a token that was revoked. What is shown
// then must not stay. Asks only while the link is lost, which is what the hub does to those who may not listen any more.
import { useEffect } from "react";
import { call, HubError } from "~/api/client";
import { useLink } from "~/live/hub";

const AGAIN = 5_000; // ms

export function useLetIn(): void {
  const lost = useLink().state === "lost";
  useEffect(() => {
    if (!lost) return;
    const ask = () => {
      call("GET /api/v1/me").catch((error: unknown) => {
        if (error instanceof HubError && error.status === 401) location.reload(); // and the gate asks who one is
      });
    };
    ask();
    const timer = setInterval(ask, AGAIN);
    return () => clearInterval(timer);
  }, [lost]);
}
