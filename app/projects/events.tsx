/** Paginated list of received metrics, newest first. Only the first page is live. */
import { api } from "../../convex/_generated/api.js";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { formatNumber } from "../ui/format-number.ts";
import { PageLinks } from "../ui/page-links.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { shortName } from "./metric-words.ts";
import type { LoadedProject } from "./project-query.ts";

const FIRST_PAGE = { numItems: 20, cursor: null };

/**
 * Lists one page of the events of a project, or of one of its agents.
 *
 * @param agent - Lists only the events of this agent.
 * @param recent - The loader's page; null if Convex did not answer.
 * @param older - Whether the URL names an older page, which is not live.
 * @param filters - The other query parameters of the URL.
 */
export function Events({
  projectId,
  agent: only,
  recent,
  older,
  filters,
  display,
}: {
  projectId: string;
  agent?: string;
  recent: LoadedProject["recent"] | null;
  older: boolean;
  filters: Record<string, string>;
  display: DisplaySettings;
}) {
  const args = { projectId, ...(only !== undefined && { agent: only }), paginationOpts: FIRST_PAGE };
  const { value } = useLiveQuery(api.metrics.recent, older ? "skip" : args, recent);
  if (value === null || (value.page.length === 0 && value.isDone && !older)) return null;
  return (
    <div id="events" className="min-w-0">
      <Card title="Newest events">
        {value.page.length === 0 ? <p className="text-quiet">None among the project’s newest.</p> : null}
        <ul aria-label="Events" className="events">
          {value.page.map(({ _id, agent, name, value, at }) => (
            <li key={_id} className="event">
              <span className="event-what">
                {only === undefined ? <bdi className="event-agent">{agent}</bdi> : null}
                <bdi className="text-quiet" title={name}>
                  {shortName(name)}
                </bdi>
              </span>
              <span className="event-value">{formatNumber(value, display.locale)}</span>
              <span className="event-when">
                <RelativeTime at={at} {...display} />
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
