// What a page is. Each folder of pages/ has a `page.ts` that exports one; a glob finds it, and nothing else lists them.
import type { Icon } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Right } from "~/api/me";
import type { Me } from "~/api/types";

export interface Page {
  /** In wouter's words: `/nodes/:name/:tab?`. The page reads its parts with useParams. */
  path: string;
  title: string;
  body: () => Promise<{ default: ComponentType }>;
  /** Without this right the page is not offered. */
  right: Right;
  /** Its place in the navigation; without it, it is only reached by links. `key`: g, then this key, goes there. */
  nav?: { order: number; icon: Icon; key: string; bottom?: boolean; when?: (me: Me) => boolean };
  /** Where somebody begins who cannot begin at the overview. */
  home?: (me: Me) => boolean;
  /** Drawn alone, without navigation: for walls and projectors. */
  bare?: boolean;
}

const found = import.meta.glob<{ page: Page }>("./*/page.ts", { eager: true });
const more = import.meta.glob<{ pages: Page[] }>("./*/pages.ts", { eager: true });

export const pages: Page[] = [
  ...Object.values(found).map((one) => one.page),
  ...Object.values(more).flatMap((one) => one.pages),
].sort((a, b) => (a.nav?.order ?? 99) - (b.nav?.order ?? 99));
