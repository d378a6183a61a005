import { IconSchool } from "@tabler/icons-react";
import type { Page } from "../page";

export const page: Page = {
  path: "/class/:name?",
  title: "Class",
  right: "operate",
  body: () => import("./Class"),
  nav: { order: 2, icon: IconSchool, key: "c" },
};
