/** Bounded maps, for caches that live as long as the isolate. */

/**
 * Sets a key, and evicts the oldest entry if the map is full.
 *
 * @param most - Maximum number of entries.
 */
export function remember<K, V>(map: Map<K, V>, most: number, key: K, value: V): void {
  if (map.size >= most && !map.has(key)) {
    const { value: oldest, done } = map.keys().next();
    if (!done) map.delete(oldest);
  }
  map.set(key, value);
}
