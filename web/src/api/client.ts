// Asks the hub, with the types of its OpenAPI document. One place for addresses, errors and the header by which the hub
// knows its own page. Keeps nothing: `ask.ts` remembers answers.
import type { Routes } from "./types";

export type Route = keyof Routes;
type Part<R extends Route, K extends string> = K extends keyof Routes[R] ? Routes[R][K] : undefined;
export type Answer<R extends Route> = Routes[R]["answer"];
export type Given<R extends Route> = (Part<R, "path"> extends undefined ? object : { path: Part<R, "path"> }) &
  (Part<R, "query"> extends undefined ? object : { query?: Part<R, "query"> }) &
  (Part<R, "body"> extends undefined ? object : { body?: Part<R, "body"> }) & {
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };
type Loose = {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** What the hub answered instead: `message` says what happened and what to do. `status` 0: the hub did not answer. */
export class HubError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field = "",
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

/** One question or act, for example `call("GET /api/v1/nodes/{name}", { path: { name: "pi-11" } })`. Throws HubError. */
export async function call<R extends Route>(route: R, given?: Given<R>): Promise<Answer<R>> {
  const response = await send(route, given);
  if (response.status === 204) return undefined as Answer<R>;
  const json = response.headers.get("content-type")?.startsWith("application/json");
  return (await (json ? response.json() : response.text())) as Answer<R>;
}

/** The same, for answers that are read piece by piece. Throws HubError. */
export async function send<R extends Route>(route: R, given?: Given<R>): Promise<Response> {
  const { body, headers, signal } = (given ?? {}) as Loose;
  const binary = body instanceof Blob || typeof body === "string";
  const kind: Record<string, string> = body === undefined || binary ? {} : { "Content-Type": "application/json" };
  let response: Response;
  try {
    response = await fetch(address(route, given), {
      method: route.split(" ", 1)[0],
      headers: { "X-Wacket": "1", ...kind, ...headers },
      ...(body === undefined ? {} : { body: binary ? (body as BodyInit) : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new HubError(0, "the hub does not answer; is it running, and is this machine on its network?");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The address of a question, for links and downloads. */
export function address<R extends Route>(route: R, given?: Given<R>): string {
  const { path = {}, query = {} } = (given ?? {}) as Loose;
  const place = route.slice(route.indexOf(" ") + 1).replace(/\{(\w+)\}/g, (_, name: string) => {
    return encodeURIComponent(String(path[name]));
  });
  const search = searchOf(query);
  return search ? `${place}?${search}` : place;
}

/** A query string; lists repeat the name, and what is undefined, null or "" is left out. */
export function searchOf(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(name, String(one));
    }
  }
  return search.toString();
}

async function refusal(response: Response): Promise<HubError> {
  const said: unknown = await response.json().catch(() => null);
  const { error, field } = (said && typeof said === "object" ? said : {}) as { error?: string; field?: string };
  const retry = Number(response.headers.get("retry-after") ?? 0);
  return new HubError(response.status, error ?? `the hub answered ${response.status}`, field ?? "", retry);
}
