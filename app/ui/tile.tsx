// One agent's metric as a tile: who, what, how much, how long ago, and by its shape and colour whether
// that is fine.

import { formatCompact, formatNumber } from "./format-number.ts";
import { RelativeTime } from "./relative-time.tsx";
import { tileState } from "./tile-state.ts";

export { tileState } from "./tile-state.ts";

/** What a tile shows; `at` is Unix ms, null where nothing ever came. */
export interface TileData {
  agent: string;
  name: string;
  value: number;
  at: number | null;
}

/** Shorter ones are never cut, and a page can hold a thousand tiles. */
const MAY_BE_CUT = 12;

const titleOf = (text: string) => (text.length > MAY_BE_CUT ? text : undefined);

/**
 * A list item of a field.
 *
 * @param href - Where the whole tile leads.
 * @param now - Unix ms, the page's clock.
 * @param flash - The metric arrived while the page was open: the tile lights up once for each `at`.
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
  const [shown, whole] = [formatCompact(value, locale), formatNumber(value, locale)];
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
      {at === null ? null : (
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
