/** Tile of an agent: name, metric, value and age, with the state as shape and color. */
import { formatCompact, formatNumber } from "./format-number.ts";
import { RelativeTime } from "./relative-time.tsx";
import { tileState } from "./tile-state.ts";

/** Data of a tile. `at` is Unix ms; null if the agent never sent a metric. */
export interface TileData {
  agent: string;
  name: string;
  /** Null for an agent without metrics. */
  value: number | null;
  at: number | null;
}

/** Texts up to this length are never truncated and need no title, which saves markup for a thousand tiles. */
const MAY_BE_CUT = 12;

const titleOf = (text: string) => (text.length > MAY_BE_CUT ? text : undefined);

/**
 * Renders a tile as a list item.
 *
 * @param href - Link of the whole tile.
 * @param now - The page's clock, Unix ms.
 * @param flash - Whether the metric arrived while the page was open. The tile flashes once per `at`.
 */
export function AgentTile({
  agent,
  name,
  value,
  at,
  href,
  now,
  flash = false,
  locale = "en",
  timeZone = "UTC",
}: TileData & {
  href?: string | undefined;
  now: number;
  flash?: boolean;
  locale?: string;
  timeZone?: string;
}) {
  const [shown, whole] =
    value === null ? ["", ""] : [formatCompact(value, locale), formatNumber(value, locale)];
  return (
    <li className="tile" data-state={tileState(at, now)}>
      <span className="tile-agent" title={titleOf(agent)}>
        {href === undefined ? (
          agent
        ) : (
          <a href={href} className="tile-link">
            {agent}
          </a>
        )}
      </span>
      <span className="tile-metric" title={titleOf(name)}>
        {name}
      </span>
      {at === null || value === null ? null : (
        <span className="tile-value" title={shown === whole ? undefined : whole}>
          {shown}
        </span>
      )}
      <span className="tile-when">
        {at === null ? "never" : <RelativeTime at={at} now={now} locale={locale} timeZone={timeZone} />}
      </span>
      {flash ? <span key={at} className="tile-flash" aria-hidden="true" /> : null}
    </li>
  );
}
