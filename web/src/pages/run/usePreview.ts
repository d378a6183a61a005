// Who a target means at this moment. Asks the hub, which decides; does nothing there.
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call, type HubError } from "~/api/client";
import type { Preview } from "~/api/types";

const EACH = 10_000; // machines come and go

export function usePreview(target: string, user: string): UseQueryResult<Preview, HubError> {
  return useQuery<Preview, HubError>({
    queryKey: ["POST /api/v1/jobs/preview", target, user],
    queryFn: ({ signal }) => call("POST /api/v1/jobs/preview", { body: { target, user, argv: ["true"] }, signal }),
    enabled: Boolean(target),
    placeholderData: keepPreviousData,
    refetchInterval: EACH,
    retry: false,
  });
}
