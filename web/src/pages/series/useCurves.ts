// The lines of what is chosen, sorted into charts, and the notes beside them. Draws nothing.
import { useMemo } from "react";
import { useAnswer } from "~/api/ask";
import { microseconds } from "~/look/words";
import type { Mark } from "~/parts/chart/shape";
import { type Series, useSeries } from "~/parts/chart/useSeries";
import { usePreferences } from "~/shell/preferences";
import type { Choices } from "./choices";
import { noteRange } from "./notes";
import { earlier, type Panel, panels } from "./panels";

/** The lines of the choices, and those of the time they are compared with. */
export function useCurves(choices: Choices): { series: Series; shown: Panel[] } {
  const { match, ids, range, step, fn, group, shift } = choices;
  const [{ utc }] = usePreferences();
  const asked = { ids, match, range, step, fn, utc };
  const series = useSeries(asked);
  const before = useSeries(shift ? { ...asked, shift } : { range });
  const shown = useMemo(() => {
    const old = shift ? earlier(before.lines, shift) : [];
    return panels([...old, ...series.lines], [...(shift ? before.told : []), ...series.told], group);
  }, [series.lines, series.told, before.lines, before.told, shift, group]);
  return { series, shown };
}

/** Notes of the range, as marks of a chart. */
export function useMarks(range: string): Mark[] {
  const [{ utc }] = usePreferences();
  const { data } = useAnswer("GET /api/v1/notes", { query: noteRange(range, utc) }, { placeholderData: (old) => old });
  return useMemo(
    () =>
      (data?.notes ?? []).map(({ id, at, until, text }) => ({
        id,
        at: microseconds(at),
        until: until ? microseconds(until) : null,
        text,
      })),
    [data],
  );
}
