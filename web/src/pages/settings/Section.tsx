// A titled box of Settings, and a table that scrolls on its own where it is wider than its box.
import { ScrollArea, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  hint?: ReactNode;
  children: ReactNode;
}

export function Section({ title, hint, children }: SectionProps) {
  return (
    <section className="w-card">
      <Title order={2} mb={4}>
        {title}
      </Title>
      {hint && (
        <Text size="sm" className="w-dim" mb="sm">
          {hint}
        </Text>
      )}
      {children}
    </section>
  );
}

interface ListProps {
  label: string;
  heads: string[];
  children: ReactNode;
  /** px from which on it scrolls. */
  width?: number;
}

/** A table with these heads; its rows are the children. */
export function List({ label, heads, children, width = 560 }: ListProps) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
      <Table miw={width} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head || "acts"}>{head || <span className="w-heard">Actions</span>}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
