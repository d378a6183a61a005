import { IconPlayerPlay } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/run/:job?",
  title: "Run",
  right: "read",
  body: () => import("./Run"),
  nav: { order: 5, icon: IconPlayerPlay, key: "r" },
};
