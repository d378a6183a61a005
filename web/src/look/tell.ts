// Short messages that go away by themselves. What must be read stands on the page instead.
import { notifications } from "@mantine/notifications";
import { HubError } from "~/api/client";

/** Something was done. */
export function told(message: string): void {
  notifications.show({ message, color: "green", autoClose: 5_000 });
}

/** Something was not done, and why. */
export function trouble(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const title = error instanceof HubError && error.status === 403 ? "You may not do this" : "That did not work";
  notifications.show({ title, message: sentence(message), color: "red", autoClose: 12_000 });
}

/** The hub's errors begin small, as log lines do; on a page they are sentences. */
export function sentence(text: string): string {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
