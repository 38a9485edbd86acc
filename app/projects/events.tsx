/** Paginated list of received metrics, newest first. Only the first page is live. */
import { api } from "../../convex/_generated/api.js";
import { useLiveQuery } from "../data/use-live-query.ts";
import type { Place } from "../data/use-place.ts";
import { Card } from "../ui/card.tsx";
import { formatNumber } from "../ui/format-number.ts";
import { PageLinks } from "../ui/page-links.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { LoadedProject } from "./project-query.ts";

const FIRST_PAGE = { numItems: 20, cursor: null };

/**
 * Lists one page of a project's events.
 *
 * @param recent - The loader's page; null if Convex did not answer.
 * @param older - Whether the URL names an older page, which is not live.
 * @param filters - The other query parameters of the URL.
 */
export function Events({
  projectId,
  recent,
  older,
  filters,
  place,
}: {
  projectId: string;
  recent: LoadedProject["recent"] | null;
  older: boolean;
  filters: Record<string, string>;
  place: Place;
}) {
  const args = { projectId, paginationOpts: FIRST_PAGE };
  const { value } = useLiveQuery(api.metrics.recent, older ? "skip" : args, recent);
  if (value === null || (value.page.length === 0 && !older)) return null;
  return (
    <div id="events" className="min-w-0">
      <Card title="Newest events">
        <ul className="events">
          {value.page.map(({ _id, agent, name, value, at }) => (
            <li key={_id} className="event">
              <span className="event-what">
                <bdi>{agent}</bdi> <bdi className="text-quiet">{name}</bdi>
              </span>
              <span className="event-value">{formatNumber(value, place.locale)}</span>
              <span className="event-when">
                <RelativeTime at={at} {...place} />
              </span>
            </li>
          ))}
        </ul>
        <PageLinks
          filters={filters}
          older={older}
          next={value.isDone ? null : value.continueCursor}
          hash="#events"
        />
      </Card>
    </div>
  );
}
