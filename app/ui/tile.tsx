/** Tile of an agent: its name, its message or newest metric, and its health as shape, color and word. */
import type { Health } from "../../convex/model/health.ts";
import { formatCompact, formatNumber } from "./format-number.ts";
import { HEALTH_WORDS } from "./health.ts";
import { incidentsInWords } from "./incident-mark.tsx";
import { RelativeTime } from "./relative-time.tsx";

/** Data of a tile. */
export interface TileData {
  agent: string;
  health: Health;
  /** Since when the agent has this health, or when it was last seen. Unix ms. */
  at: number;
  /** When the agent was last seen, Unix ms. The tile flashes once per value. */
  seenAt: number;
  /** What the agent says about its state; shown instead of the metric. */
  message?: string | undefined;
  /** Number of open incidents. */
  incidents?: number | undefined;
  /** The newest metric; absent for an agent without metrics. */
  metric?: { name: string; value: number } | undefined;
}

/** Texts up to this length are never truncated and need no title, which saves markup for a thousand tiles. */
const MAY_BE_CUT = 12;

const titleOf = (text: string) => (text.length > MAY_BE_CUT ? text : undefined);

/**
 * Renders a tile as a list item.
 *
 * @param href - Link of the whole tile.
 * @param now - The page's clock, Unix ms.
 * @param flash - Whether the agent reported while the page was open.
 */
export function AgentTile({
  agent,
  health,
  at,
  seenAt,
  message,
  incidents = 0,
  metric,
  href,
  now,
  flash = false,
  locale = "en",
  timeZone = "UTC",
}: TileData & {
  href: string;
  now: number;
  flash?: boolean;
  locale?: string;
  timeZone?: string;
}) {
  return (
    <li className="tile" data-state={health}>
      <span className="tile-agent" title={titleOf(agent)}>
        <a href={href} className="tile-link">
          {agent}
        </a>
      </span>
      {incidents > 0 ? (
        <span className="tile-incidents">
          <span className="sr-only">{incidentsInWords(incidents)}</span>
        </span>
      ) : null}
      {message === undefined ? (
        <TileMetric metric={metric} locale={locale} />
      ) : (
        <span className="tile-metric" title={titleOf(message)}>
          {message}
        </span>
      )}
      <span className="tile-when">
        <span>{`${HEALTH_WORDS[health]},`}</span>{" "}
        <RelativeTime at={at} now={now} locale={locale} timeZone={timeZone} />
      </span>
      {flash ? <span key={seenAt} className="tile-flash" aria-hidden="true" /> : null}
    </li>
  );
}

/** Renders an empty line for an agent without metrics, so that all tiles have three lines. */
function TileMetric({ metric, locale }: { metric: TileData["metric"]; locale: string }) {
  if (metric === undefined) return <span className="tile-metric" />;
  const { name, value } = metric;
  const [shown, whole] = [formatCompact(value, locale), formatNumber(value, locale)];
  return (
    <>
      <span className="tile-metric" title={titleOf(name)}>
        {name}
      </span>
      <span className="tile-value" title={shown === whole ? undefined : whole}>
        {shown}
      </span>
    </>
  );
}
