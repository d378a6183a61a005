// Views that are kept: opening one, saving what is seen, and putting it on a wall.
import { Button, Menu } from "@mantine/core";
import { IconBookmark, IconChevronDown, IconDeviceDesktop, IconDeviceFloppy, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { forget, useAct, useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import { useMay, useMe } from "~/api/me";
import type { ViewInfo } from "~/api/types";
import { told } from "~/look/tell";
import { undoable } from "~/look/undo";
import { cut } from "~/parts/chart/places";
import { searchOf } from "./choices";
import { KioskLink } from "./KioskLink";
import { SaveView } from "./SaveView";
import type { Chosen } from "./useChoices";

export function Views({ chosen }: { chosen: Chosen }) {
  const [, go] = useLocation();
  const [open, setOpen] = useState<"save" | "kiosk" | null>(null);
  const { data } = useAnswer("GET /api/v1/views");
  const person = useMe().kind === "person";
  const operate = useMay("operate");
  const { view, choices, changed } = chosen;
  const search = searchOf(choices).toString();
  const views = (data?.views ?? []).filter((one) => one.page === "series");
  const mine = view && (view.own || (view.shared && operate));
  const replace = useAct("PUT /api/v1/views/{view_id}", {
    done: (answer) => {
      told(`“${answer.name}” now shows this.`);
      go(`/series/${answer.id}`);
    },
  });
  const keep = (one: ViewInfo) => {
    replace.mutate({ path: { view_id: one.id }, body: { name: one.name, page: "series", search, shared: one.shared } });
  };
  return (
    <>
      {mine && changed && (
        <Button
          variant="default"
          loading={replace.isPending}
          leftSection={<IconDeviceFloppy size={16} aria-hidden="true" />}
          onClick={() => keep(view)}
        >
          Save “{view.name.slice(0, 24)}”
        </Button>
      )}
      <Menu position="bottom-end" width={280} shadow="md">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconBookmark size={16} aria-hidden="true" />}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          >
            Views
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
          {!views.length && <Menu.Label>None yet. Choose series, then save what you see.</Menu.Label>}
          {views.map((one) => (
            <Menu.Item key={one.id} onClick={() => go(`/series/${one.id}`)}>
              <span className="w-told">{cut(one.name, 60)}</span>{" "}
              <span className="w-dim">{one.shared ? (one.own ? "shared" : "of all") : "your own"}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            disabled={!search || !(person || operate)}
            leftSection={<IconDeviceFloppy size={16} />}
            onClick={() => setOpen("save")}
          >
            Save as a view …
          </Menu.Item>
          <Menu.Item
            disabled={!view || !operate}
            leftSection={<IconDeviceDesktop size={16} />}
            onClick={() => setOpen("kiosk")}
          >
            Put it on a wall …
          </Menu.Item>
          {view && mine && <Remove view={view} done={() => go("/series")} />}
        </Menu.Dropdown>
      </Menu>
      {open === "save" && <SaveView search={search} close={() => setOpen(null)} done={(id) => go(`/series/${id}`)} />}
      {open === "kiosk" && view && <KioskLink view={view} close={() => setOpen(null)} />}
    </>
  );
}

function Remove({ view, done }: { view: ViewInfo; done: () => void }) {
  const client = useQueryClient();
  const { name, page, search, shared } = view;
  const remove = useAct("DELETE /api/v1/views/{view_id}", {
    done: () => {
      done();
      undoable(`“${name}” is gone.`, async () => {
        await call("POST /api/v1/views", { body: { name, page, search, shared } });
        await forget(client, "/api/v1/views");
      });
    },
  });
  return (
    <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => remove.mutate({ path: { view_id: view.id } })}>
      Remove this view
    </Menu.Item>
  );
}
