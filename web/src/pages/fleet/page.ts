import { IconServer } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/",
  title: "Fleet",
  right: "read",
  body: () => import("./Fleet"),
  nav: { order: 1, icon: IconServer, key: "f" },
};
