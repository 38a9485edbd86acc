/** Notice about a time in which alerts were not evaluated. */
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { useLiveQuery } from "../data/use-live-query.ts";
import type { Place } from "../data/use-place.ts";
import { formatMoment } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";

type Outages = FunctionReturnType<typeof api.incidents.outages>;

const DAY_MS = 24 * 3_600_000;

/**
 * Renders the notice for a day after the last outage.
 *
 * @param outages - The loader's outages, oldest first; null if Convex did not answer.
 */
export function OutageNotice({ outages, place }: { outages: Outages | null; place: Place }) {
  const { value } = useLiveQuery(api.incidents.outages, {}, outages);
  const last = value?.at(-1);
  if (last === undefined || place.now > last.to + DAY_MS) return null;
  return (
    <Notice kind="status">
      <p>
        <strong>There was an outage</strong>
        <span>
          {` from ${formatMoment(last.from, place)} to ${formatMoment(last.to, place)}. Agents could not be watched; their silence is judged from its end on.`}
        </span>
      </p>
    </Notice>
  );
}
