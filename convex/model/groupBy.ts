/** `Map.groupBy`, which Safari has only from 17.4 on: the type check of the app, which covers these files, does not allow it. */

/**
 * Groups items by a key.
 *
 * @param keyOf - Gives an item's key.
 * @returns The groups in the order of their first items.
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
