/**
 * State of a tile. Computed in the page, because a query that depends on the time would rerun without new
 * data.
 */

/** Age of the last metric: up to 2 minutes, up to 15 minutes, more or no metric. */
export type TileState = "fresh" | "quiet" | "silent";

const FRESH_MS = 2 * 60_000;
const QUIET_MS = 15 * 60_000;

/**
 * Returns the state of a tile.
 *
 * @param at - Time of the last metric, Unix ms; null if there is none.
 * @param now - The page's clock, Unix ms. A metric after it is fresh.
 */
export function tileState(at: number | null, now: number): TileState {
  if (at === null) return "silent";
  const age = now - at;
  if (age <= FRESH_MS) return "fresh";
  return age <= QUIET_MS ? "quiet" : "silent";
}

/** Returns the number of tiles in each state. */
export function countStates(tiles: readonly { at: number | null }[], now: number): Record<TileState, number> {
  const counts = { fresh: 0, quiet: 0, silent: 0 };
  for (const { at } of tiles) counts[tileState(at, now)] += 1;
  return counts;
}
