import { IconChartLine } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/series/:view?",
  title: "Series",
  right: "read",
  body: () => import("./Series"),
  nav: { order: 3, icon: IconChartLine, key: "s" },
};
