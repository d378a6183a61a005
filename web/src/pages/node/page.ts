import type { Page } from "../page";

export const page: Page = {
  path: "/nodes/:name/:tab?",
  title: "Node",
  right: "read",
  body: () => import("./Node"),
};
