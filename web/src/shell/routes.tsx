// Address → page. A page's code comes when it is first opened; what the navigation shows is fetched ahead when idle.
import { type ComponentType, lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { useMe } from "~/api/me";
import { type Page, pages } from "~/pages/page";
import { PageHead } from "~/parts/PageHead";
import { Empty, Wait } from "~/parts/States";
import { Broken } from "./Broken";
import { rootOf } from "./offered";

const bodies = new Map<Page, ComponentType>(pages.map((page) => [page, lazy(page.body)]));

export function Routes({ among = pages }: { among?: Page[] }) {
  const me = useMe();
  const { rights } = me;
  const home = among.find((page) => page.home?.(me));
  return (
    <Switch>
      {home && (
        <Route path="/">
          <Redirect to={home.path} replace />
        </Route>
      )}
      {among.map((page) => {
        const Body = bodies.get(page) as ComponentType;
        return (
          <Route key={page.path} path={page.path}>
            {rights.includes(page.right) ? (
              <Broken key={page.path}>
                <Suspense fallback={<Wait />}>
                  <Body />
                </Suspense>
              </Broken>
            ) : (
              <>
                <PageHead title={page.title} name={page.title} />
                <Empty title="You may not see this page">
                  <span>It needs the right “{page.right}”. An admin of this hub can give it to you.</span>
                </Empty>
              </>
            )}
          </Route>
        );
      })}
      <Route>
        <PageHead title="There is no such page" name="No such page" />
        <Empty title="Nothing has this address">
          <a href="/">Go to the start page</a>
        </Empty>
      </Route>
    </Switch>
  );
}

/** Fetch the code of the page that the address means, while the hub is still asked who looks at it. */
export function fetchNow(path: string): void {
  const first = `/${path.split("/")[1] ?? ""}`;
  const here = pages.find((page) => rootOf(page) === first);
  void here?.body().catch(() => undefined); // told where it is drawn
}

const SETTLED = 2_500; // ms: before that, idle means that the hub has not answered yet

/** Fetch the code of the pages in the navigation while nothing else is to be done. */
export function fetchAhead(): void {
  const fetch = () => {
    for (const page of pages) if (page.nav) void page.body().catch(() => undefined);
  };
  setTimeout(() => (window.requestIdleCallback ?? setTimeout)(fetch), SETTLED);
}
