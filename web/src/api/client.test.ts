import { afterEach, describe, expect, it, vi } from "vitest";
import { address, call, HubError, searchOf } from "./client";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fetched = vi.fn(async (_place: string, _init: RequestInit) => {
    const text = body === undefined ? null : JSON.stringify(body);
    return new Response(text, { status, headers: { "content-type": "application/json", ...headers } });
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

describe("an address", () => {
  it("holds what nodes are called as text", () => {
    expect(address("GET /api/v1/nodes/{name}", { path: { name: "a/../b?#%" } })).toBe(
      "/api/v1/nodes/a%2F..%2Fb%3F%23%25",
    );
  });

  it("repeats lists and leaves out what is not there", () => {
    expect(searchOf({ match: ["a/*", "b"], node: null, since: "", limit: 0, find: undefined })).toBe(
      "match=a%2F*&match=b&limit=0",
    );
  });
});

describe("an act", () => {
  it("says that it comes from the hub's own page", async () => {
    const fetched = answering(200, { name: "ada" });
    await call("POST /api/v1/login", { body: { name: "ada", password: "x" } });
    const init = fetched.mock.calls[0]?.[1];
    expect(init?.method).toBe("POST");
    expect(init?.headers).toMatchObject({ "X-Wacket": "1", "Content-Type": "application/json" });
  });

  it("that is refused throws the hub's own words", async () => {
    answering(403, { error: "this needs the right 'operate'", field: "right" }, { "retry-after": "7" });
    const refused = await call("GET /api/v1/me").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(HubError);
    expect(refused).toMatchObject({
      status: 403,
      message: "this needs the right 'operate'",
      field: "right",
      retryAfter: 7,
    });
  });

  it("without a hub says so", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed");
    });
    await expect(call("GET /api/v1/me")).rejects.toMatchObject({ status: 0 });
  });

  it("that answers nothing is undefined", async () => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 204 }));
    expect(await call("POST /api/v1/logout")).toBeUndefined();
  });
});
