/** What an isolate remembers from request to request must not grow with them. */

/** Adds to the map, and forgets its oldest entry where it holds `most` already. */
export function remember<K, V>(map: Map<K, V>, most: number, key: K, value: V): void {
  if (map.size >= most && !map.has(key)) {
    const { value: oldest, done } = map.keys().next();
    if (!done) map.delete(oldest);
  }
  map.set(key, value);
}
