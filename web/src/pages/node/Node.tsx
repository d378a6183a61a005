// One node: what it is, how it is now, and its tabs. A name that no node has says so.
import { Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link, useLocation, useParams } from "wouter";
import { useAnswer } from "~/api/ask";
import type { NodeInfo } from "~/api/types";
import { fleet, useFleet } from "~/live/fleet";
import { nodePlace } from "~/parts/node/places";
import { PageHead } from "~/parts/PageHead";
import { Empty, Trouble, Wait } from "~/parts/States";
import { Copied } from "./Copied";
import { Head } from "./Head";
import { Pending } from "./Pending";
import { Why } from "./Why";

const TABS = {
  now: { title: "Now", Body: lazy(() => import("./Now")) },
  logs: { title: "Logs", Body: lazy(() => import("./LogsTab")) },
  series: { title: "Series", Body: lazy(() => import("./SeriesTab")) },
  run: { title: "Run", Body: lazy(() => import("./RunTab")) },
  about: { title: "About", Body: lazy(() => import("./About")) },
};
type Tab = keyof typeof TABS;

/** What each tab is given. */
export interface TabProps {
  node: NodeInfo;
}

export default function Node() {
  const { name = "", tab = "now" } = useParams<{ name: string; tab?: string }>();
  const node = useAnswer("GET /api/v1/nodes/{name}", { path: { name } });
  useFleet(); // its row goes on while it is looked at
  if (node.error?.status === 404) return <Nobody name={name} />;
  if (node.error && !node.data) return <Trouble error={node.error} again={() => void node.refetch()} />;
  if (!node.data) return <Wait />;
  return <Known key={node.data.id} node={node.data} tab={tab in TABS ? (tab as Tab) : "now"} />;
}

function Known({ node, tab }: { node: NodeInfo; tab: Tab }) {
  const [, go] = useLocation();
  const { Body, title } = TABS[tab];
  return (
    <>
      <Head node={node} tab={title} />
      {node.state === "pending" && <Pending node={node} />}
      <Copied node={node} />
      {["down", "off", "late"].includes(node.presence) && <Why key={node.presence} node={node} />}
      <Tabs
        value={tab}
        onChange={(next) => next && go(nodePlace(node.name, next === "now" ? "" : next))}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {Object.entries(TABS).map(([slug, one]) => (
            <Tabs.Tab key={slug} value={slug}>
              {one.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<Wait />}>
            <Body node={node} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Nobody({ name }: { name: string }) {
  const { rows } = useFleet();
  const near = [...rows.keys()].filter((one) => alike(one, name)).slice(0, 6);
  return (
    <>
      <PageHead title="No such node" name="No such node" />
      <Empty title="Nothing here has that name">
        <span className="w-told">
          There is no node “{name.slice(0, 100)}”. It may have been renamed{fleet.ready ? "" : "; the list is loading"}.
        </span>
        {near.length > 0 && (
          <span>
            Did you mean{" "}
            {near.map((one, index) => (
              <span key={one}>
                {index > 0 && ", "}
                <Link href={nodePlace(one)} className="w-told">
                  {one}
                </Link>
              </span>
            ))}
            ?
          </span>
        )}
        <Link href="/">All nodes</Link>
      </Empty>
    </>
  );
}

function alike(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return b.length > 1 && (a.includes(b) || b.includes(a) || a.slice(0, 3) === b.slice(0, 3));
}
