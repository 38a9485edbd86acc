/** Replacement for `Map.groupBy`, which Safari supports only since 17.4. */

/**
 * Groups items by a key.
 *
 * @param keyOf - Returns the key of an item.
 * @returns The groups, in the order of their first items.
 */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
