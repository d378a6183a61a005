import type { Page } from "../page";

export const page: Page = {
  path: "/kiosk/:id",
  title: "Wall screen",
  right: "read",
  body: () => import("./Kiosk"),
  bare: true,
};
