// Views of a page that are kept on the hub: its address under a name, one's own or everybody's.
import { ActionIcon, Button, Checkbox, Menu, Modal, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import { useMay, useMe } from "~/api/me";
import type { ViewInfo } from "~/api/types";
import { sentence, told } from "~/look/tell";
import { undoable } from "~/look/undo";

interface Props {
  /** The page's word on the hub, and where it is. */
  page: string;
  place: string;
  /** Parts of the address that belong to the moment and are not kept. */
  passing?: string[];
}

export function SavedViews({ page, place, passing = [] }: Props) {
  const [, go] = useLocation();
  const { data } = useAnswer("GET /api/v1/views");
  const [saving, setSaving] = useState(false);
  const search = kept(useSearch(), passing);
  const person = useMe().kind === "person";
  const views = (data?.views ?? []).filter((view) => view.page === page);
  if (!person && !views.length) return null;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label="Saved views" title="Saved views" variant="default" size="lg">
            <IconBookmark size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {views.map((view) => (
            <Menu.Item key={view.id} onClick={() => go(view.search ? `${place}?${view.search}` : place)}>
              <span className="w-told">{view.name}</span>
              {!view.own && <span className="w-dim"> by {view.author}</span>}
            </Menu.Item>
          ))}
          {!views.length && <Menu.Label>No view is saved yet</Menu.Label>}
          {person && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => setSaving(true)}>Save this view …</Menu.Item>
              {views
                .filter((view) => view.own)
                .map((view) => (
                  <Menu.Item
                    key={view.id}
                    leftSection={<IconTrash size={16} />}
                    onClick={() => remove(view)}
                    className="w-dim"
                  >
                    Forget “{view.name}”
                  </Menu.Item>
                ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && <Save page={page} search={search} onClose={() => setSaving(false)} />}
    </>
  );
}

function kept(search: string, passing: string[]): string {
  const all = new URLSearchParams(search);
  for (const name of passing) all.delete(name);
  return all.toString();
}

function remove({ id, name, page, search, shared }: ViewInfo): void {
  call("DELETE /api/v1/views/{view_id}", { path: { view_id: id } }).then(
    () =>
      undoable(`“${name}” is forgotten`, () => call("POST /api/v1/views", { body: { name, page, search, shared } })),
    (error: Error) => told(sentence(error.message)),
  );
}

function Save({ page, search, onClose }: { page: string; search: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const operates = useMay("operate");
  const act = useAct("POST /api/v1/views", { quiet: true, done: onClose });
  const send = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ body: { name, page, search, shared } });
  };
  return (
    <Modal opened onClose={onClose} title="Save this view">
      <form onSubmit={send}>
        <TextInput
          label="Name"
          data-autofocus
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={act.error && sentence(act.error.message)}
        />
        <Checkbox
          mt="sm"
          label="Everybody sees it"
          disabled={!operates}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <Button type="submit" mt="md" loading={act.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
