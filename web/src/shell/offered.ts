// Which pages this person is offered, and where they begin.
import { useMe } from "~/api/me";
import { type Page, pages } from "~/pages/page";

/** The pages that this person may open, as the navigation and the palette show them. */
export function useOffered(): Page[] {
  const me = useMe();
  return pages.filter((page) => page.nav && me.rights.includes(page.right) && (page.nav.when?.(me) ?? true));
}

/** The address of a page without its parts. */
export function rootOf(page: Page): string {
  return page.path.split("/:")[0] || "/";
}
