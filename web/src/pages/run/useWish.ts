// What somebody is about to run: in the address, and what may be long in this tab until it is closed.
import { useState } from "react";
import { useSearchParams } from "wouter";
import { searchOf, type Wish, wishOf } from "./compose";

const KEY = "wacket-run-draft";

export function useWish(): [Wish, (some: Partial<Wish>) => void] {
  const [search, setSearch] = useSearchParams();
  const [draft, setDraft] = useState(read);
  const wish = wishOf(search, draft);
  const change = (some: Partial<Wish>) => {
    const next = { ...wish, ...some };
    const kept = { program: next.program, stdin: next.stdin, env: next.env };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
    setDraft(kept);
    setSearch(
      (before) => {
        const fresh = searchOf(next);
        for (const name of ["tab", "find"]) if (before.has(name)) fresh.set(name, before.get(name) ?? "");
        return fresh;
      },
      { replace: true },
    );
  };
  return [wish, change];
}

function read(): Partial<Wish> {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return found && typeof found === "object" ? (found as Partial<Wish>) : {};
  } catch {
    return {};
  }
}
