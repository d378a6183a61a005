import { IconCpu } from "@tabler/icons-react";
import type { Me } from "~/api/types";
import type { Page } from "../page";

/** Those who may see nothing but their own. */
const only = (me: Me) => !me.rights.includes("read");

export const page: Page = {
  path: "/mine",
  title: "My hardware",
  right: "own",
  body: () => import("./Mine"),
  nav: { order: 0, icon: IconCpu, key: "m", when: (me) => only(me) || Boolean(me.classes?.length) },
  home: only,
};
