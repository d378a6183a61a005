// The head of a node's page: its name in its colour, its state, what it is, and what can be done with it.
import { ActionIcon, Badge, Button, Group, Menu } from "@mantine/core";
import { IconArchive, IconDots, IconGitMerge, IconPencil, IconPlayerPlay, IconTag } from "@tabler/icons-react";
import { type CSSProperties, useState } from "react";
import { Link, useLocation } from "wouter";
import { useMay } from "~/api/me";
import type { NodeInfo } from "~/api/types";
import { useNode } from "~/live/fleet";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { accept, retire } from "~/parts/node/acts";
import { RenameDialog, TagsDialog } from "~/parts/node/NodeDialogs";
import { nodePlace } from "~/parts/node/places";
import { PageHead } from "~/parts/PageHead";
import { tagText } from "~/parts/target/match";
import { MergeDialog } from "./MergeDialog";
import classes from "./node.module.css";
import { hue } from "./tint";

export function Head({ node, tab }: { node: NodeInfo; tab: string }) {
  const row = useNode(node.name);
  const operates = useMay("operate");
  const style = { "--hue": hue(node.name) } as CSSProperties;
  const status = row?.status ?? node.presence;
  const problems = row?.problems.map((one) => one.text).join(" · ") || node.why;
  return (
    <div className={classes.head} style={style}>
      <PageHead
        title={<span className="w-told">{node.name}</span>}
        name={`${node.name} · ${tab}`}
        actions={operates && <Actions node={node} />}
      >
        <Status state={status} large />
        <span className="w-dim">
          since <When at={row?.since ?? node.since} />
        </span>
        {problems && <span className="w-told">{problems}</span>}
      </PageHead>
      <Group gap="xs" mb="md" className={classes.facts}>
        <span className="w-dim w-told">{[node.machine?.system ?? node.os, node.kind].filter(Boolean).join(" · ")}</span>
        {node.last_peer && <span className="w-mono w-dim">{node.last_peer}</span>}
        {Object.entries(node.tags).map((tag) => (
          <Badge
            key={tag[0]}
            component={Link}
            href={`/?find=${encodeURIComponent(`tag:${tagText(tag)}`)}`}
            color="gray"
            className={classes.tag}
          >
            {tagText(tag)}
          </Badge>
        ))}
      </Group>
    </div>
  );
}

type Opened = "" | "name" | "tags" | "merge";

function Actions({ node }: { node: NodeInfo }) {
  const [, go] = useLocation();
  const [opened, open] = useState<Opened>("");
  const close = () => open("");
  return (
    <>
      <Button
        variant="default"
        component={Link}
        href={nodePlace(node.name, "run")}
        leftSection={<IconPlayerPlay size={16} />}
      >
        Run
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={`More for ${node.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open("name")}>
            Rename …
          </Menu.Item>
          <Menu.Item leftSection={<IconTag size={16} />} onClick={() => open("tags")}>
            Tags …
          </Menu.Item>
          <Menu.Item leftSection={<IconGitMerge size={16} />} onClick={() => open("merge")}>
            Merge into another node …
          </Menu.Item>
          {node.state === "adopted" ? (
            <Menu.Item leftSection={<IconArchive size={16} />} onClick={() => retire(node.name)}>
              Retire
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconArchive size={16} />} onClick={() => accept(node.name)}>
              Let in
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {opened === "name" && (
        <RenameDialog name={node.name} onClose={close} onDone={(name) => go(nodePlace(name), { replace: true })} />
      )}
      {opened === "tags" && <TagsDialog name={node.name} tags={node.tags} onClose={close} />}
      {opened === "merge" && <MergeDialog node={node} onClose={close} />}
    </>
  );
}
