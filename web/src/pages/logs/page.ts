import { IconListDetails } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/logs/:id?",
  title: "Logs",
  right: "read",
  body: () => import("./Logs"),
  nav: { order: 4, icon: IconListDetails, key: "l" },
};
