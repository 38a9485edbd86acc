// When a tile is fresh, quiet or silent. Computed in the page from its clock, never in a query: a query
// that depended on now would have to be run again for nothing.

/** How long ago a metric came: within 2 minutes, within 15, longer or never. */
export type TileState = "fresh" | "quiet" | "silent";

const FRESH_MS = 2 * 60_000;
const QUIET_MS = 15 * 60_000;

/**
 * @param at - Unix ms of the last metric, or null where none ever came.
 * @param now - Unix ms, the page's clock. A metric ahead of it is fresh.
 */
export function tileState(at: number | null, now: number): TileState {
  if (at === null) return "silent";
  const age = now - at;
  if (age <= FRESH_MS) return "fresh";
  return age <= QUIET_MS ? "quiet" : "silent";
}

/** How many of these tiles are in each state. */
export function countStates(tiles: readonly { at: number | null }[], now: number): Record<TileState, number> {
  const counts = { fresh: 0, quiet: 0, silent: 0 };
  for (const { at } of tiles) counts[tileState(at, now)] += 1;
  return counts;
}
