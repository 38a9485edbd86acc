/** Bounded maps, for caches that live as long as the isolate. */

/**
 * Sets a key, and evicts the oldest entry if the map is full.
 *
 * @param limit - Maximum number of entries.
 */
export function setBounded<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  if (map.size >= limit && !map.has(key)) {
    const { value: oldest, done } = map.keys().next();
    if (!done) map.delete(oldest);
  }
  map.set(key, value);
}
