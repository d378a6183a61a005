import { expect, it } from "vitest";
import { placesOf } from "./changes";

it.each([
  [{}, []],
  [{ jobs: [212] }, ["/api/v1/jobs", "/api/v1/rounds"]],
  [{ notes: true as const, unheard: ["x"] }, ["/api/v1/notes", "/api/v1/unheard"]],
  [{ jobs: [1], all: true as const }, "all"],
])("after %o answers are old at %o", (changes, places) => expect(placesOf(changes)).toEqual(places));
