/** What agents sent, one by one, newest first: live on the first page, older ones by links. */
import { api } from "../../convex/_generated/api.js";
import { useLiveQuery } from "../live/use-live-query.ts";
import type { Place } from "../live/use-place.ts";
import { Card } from "../ui/card.tsx";
import { formatNumber } from "../ui/format-number.ts";
import { PageLinks } from "../ui/page-links.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { LoadedProject } from "./project-query.ts";

const FIRST_PAGE = { numItems: 20, cursor: null };

/** @param older The address names an older page: it stands still. @param filters The rest of the address's query. */
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
