import { IconSchool } from "@tabler/icons-react";
import type { Page } from "../page";

export const pages: Page[] = [
  {
    path: "/class/:name?",
    title: "Class",
    right: "read",
    body: () => import("./Class"),
    nav: { order: 2, icon: IconSchool, key: "c" },
  },
  {
    path: "/projector/:name?",
    title: "Class on a projector",
    right: "read",
    body: () => import("./Projector"),
    bare: true,
  },
];
