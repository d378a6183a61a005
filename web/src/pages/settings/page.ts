import { IconSettings } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/settings/:part?",
  title: "Settings",
  right: "own",
  body: () => import("./Settings"),
  nav: { order: 9, icon: IconSettings, key: ",", bottom: true },
};
