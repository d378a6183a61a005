// Remembers the hub's answers and asks again when the live connection says that they have changed. Which changes make
// which answers old is `STALE`, and nothing else in the page decides it.
import {
  QueryClient,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { trouble } from "~/look/tell";
import { type Answer, call, type Given, HubError, type Route } from "./client";

/** What the hub says has changed → the beginnings of the addresses whose answers are old by that. */
export const STALE: Record<string, string[]> = {
  nodes: ["/api/v1/nodes", "/api/v1/pending", "/api/v1/join-tokens"],
  jobs: ["/api/v1/jobs", "/api/v1/rounds"],
  schedules: ["/api/v1/schedules"],
  programs: ["/api/v1/programs"],
  classes: ["/api/v1/class", "/api/v1/classes"],
  notes: ["/api/v1/notes"],
  views: ["/api/v1/views"],
  clusters: ["/api/v1/clusters"],
  audit: ["/api/v1/audit"],
  people: ["/api/v1/people", "/api/v1/me"],
  tokens: ["/api/v1/tokens"],
  place: ["/api/v1/place", "/api/v1/about"],
};

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && !(error instanceof HubError && error.status >= 400),
        refetchOnWindowFocus: false, // the live connection says what has changed
      },
    },
  });
}

type Options<R extends Route> = Omit<UseQueryOptions<Answer<R>, HubError>, "queryKey" | "queryFn">;

/** The answer to a question, kept and shared by everybody who asks the same. */
export function useAnswer<R extends Route>(
  route: R,
  given?: Given<R>,
  options?: Options<R>,
): UseQueryResult<Answer<R>, HubError> {
  return useQuery<Answer<R>, HubError>({
    queryKey: [route, given ?? {}],
    queryFn: ({ signal }) => call(route, { ...given, signal } as Given<R>),
    ...options,
  });
}

/** An act. What went wrong is told by itself; `done` says in words what was done. */
export function useAct<R extends Route>(
  route: R,
  told: { done?: (answer: Answer<R>, given: Given<R>) => void; quiet?: boolean } = {},
): UseMutationResult<Answer<R>, HubError, Given<R>> {
  const client = useQueryClient();
  return useMutation<Answer<R>, HubError, Given<R>>({
    mutationFn: (given) => call(route, given),
    onSuccess: async (answer, given) => {
      await forget(client, noun(route));
      told.done?.(answer, given);
    },
    onError: (error) => {
      if (!told.quiet) trouble(error);
    },
  });
}

/** Answers under these addresses are old: those on the screen are asked again. */
export function forget(client: QueryClient, ...places: string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey }) => {
      const place = String(queryKey[0]).split(" ")[1] ?? "";
      return places.some((one) => place === one || place.startsWith(`${one}/`));
    },
  });
}

function noun(route: Route): string {
  return route.split(" ")[1]?.split("/").slice(0, 4).join("/") ?? "";
}
