/** Tile of an agent: its name, its message or newest metric, and its health as shape, color and word. */
import type { Health } from "../../convex/model/health.ts";
import { formatAgo } from "./format.ts";
import { formatCompact, wholeNumber } from "./format-number.ts";
import { HEALTH_WORDS } from "./health.ts";
import { incidentsInWords } from "./incident-mark.tsx";
import { timeAttributes } from "./relative-time.tsx";

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
 * Renders a tile as a list item, with as few elements and components as possible, because they are most of what a
 * list of a thousand tiles costs.
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
  const display = { locale, timeZone };
  // Empty for an agent without metrics, so that all tiles have three lines.
  const text = message ?? metric?.name ?? "";
  const value = message === undefined ? metric?.value : undefined;
  return (
    <li className="tile" data-state={health}>
      <a href={href} className="tile-agent" title={titleOf(agent)}>
        {agent}
      </a>
      {incidents > 0 ? (
        <span className="tile-incidents">
          <span className="sr-only">{incidentsInWords(incidents)}</span>
        </span>
      ) : null}
      <span className="tile-metric" title={titleOf(text)}>
        {text}
      </span>
      {value === undefined ? null : <TileValue value={value} locale={locale} />}
      <time className="tile-when" {...timeAttributes(at, display)}>
        {`${HEALTH_WORDS[health]}, ${formatAgo(at, now, display)}`}
      </time>
      {flash ? <span key={seenAt} className="tile-flash" aria-hidden="true" /> : null}
    </li>
  );
}

/** Renders a number, with all digits in the title if a shorter one is shown. */
function TileValue({ value, locale }: { value: number; locale: string }) {
  return (
    <span className="tile-value" title={wholeNumber(value, locale)}>
      {formatCompact(value, locale)}
    </span>
  );
}
