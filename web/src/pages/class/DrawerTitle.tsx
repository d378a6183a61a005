// What a drawer is about: a name, as somebody gave it.
import { Text } from "@mantine/core";

export function DrawerTitle({ children }: { children: string }) {
  return (
    <Text span fw={650} size="lg" className="w-told">
      {children}
    </Text>
  );
}
