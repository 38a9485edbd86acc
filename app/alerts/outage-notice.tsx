/** Notice about a time in which alerts were not evaluated. */
import type { Outage } from "../../convex/model/health.ts";
import { DAY_MS } from "../../convex/model/intervals.ts";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { formatMoment } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";

/**
 * Renders the notice for a day after the last outage.
 *
 * @param outages - Oldest first. The time before a project was restored begins at 0 and is none.
 */
export function OutageNotice({ outages, display }: { outages: readonly Outage[]; display: DisplaySettings }) {
  const last = outages.findLast(({ from }) => from > 0);
  if (last === undefined || display.now > last.to + DAY_MS) return null;
  return (
    <Notice kind="status">
      <p>
        <strong>There was an outage</strong>
        <span>
          {` from ${formatMoment(last.from, display)} to ${formatMoment(last.to, display)}. Agents could not be watched. Their silence counts from the end of the outage.`}
        </span>
      </p>
    </Notice>
  );
}
