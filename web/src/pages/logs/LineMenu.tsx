// What can be done with a line: one menu for the whole list, where its button is.
import { Menu } from "@mantine/core";
import { IconCopy, IconEyeOff, IconFilter, IconFocus2, IconLink } from "@tabler/icons-react";
import { told } from "~/look/tell";
import { copy } from "~/parts/Copy";
import type { Acts } from "./acts";
import { asText } from "./astext";
import { type Line, levelOf } from "./line";

interface Props {
  at: { line: Line; at: DOMRect } | null;
  acts: Acts;
  onClose: () => void;
}

export function LineMenu({ at, acts, onClose }: Props) {
  if (!at) return null;
  const { line } = at;
  const take = (text: string, what: string) => {
    void copy(text).then((done) => told(done ? `${what} copied` : "This browser does not let pages copy"));
  };
  const level = levelOf(line.severity);
  return (
    <Menu opened onClose={onClose} position="bottom-end" withinPortal shadow="md" returnFocus>
      <Menu.Target>
        <span style={{ position: "fixed", left: at.at.right, top: at.at.bottom, width: 0, height: 0 }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => take(asText(line), "Line")}>
          Copy the line
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLink size={16} />}
          onClick={() => take(`${location.origin}/logs/${line.id}`, "Link")}
        >
          Copy a link to it
        </Menu.Item>
        <Menu.Item leftSection={<IconFocus2 size={16} />} onClick={() => acts.around(line)}>
          What came before and after
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconFilter size={16} />} onClick={() => acts.only(line, "node")}>
          Only this node
        </Menu.Item>
        {level && (
          <Menu.Item leftSection={<IconFilter size={16} />} onClick={() => acts.only(line, "level")}>
            Only {level} and worse
          </Menu.Item>
        )}
        {line.source && (
          <Menu.Item leftSection={<IconFilter size={16} />} onClick={() => acts.only(line, "source")}>
            Only this source
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconEyeOff size={16} />} onClick={() => acts.hide(line, "node")}>
          Hide this node
        </Menu.Item>
        {line.source && (
          <Menu.Item leftSection={<IconEyeOff size={16} />} onClick={() => acts.hide(line, "source")}>
            Hide this source
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
