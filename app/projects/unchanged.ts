/**
 * Keeps the object that was rendered before if a new one has the same content, so that memoized rows do not
 * render again: the first live values usually repeat those of the loader.
 */
import { useRef } from "react";

/** Returns `before` if it has the same content as `after` in JSON, otherwise `after`. */
export function keepEqual<T>(before: T | null | undefined, after: T): T {
  return before != null && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

/** Returns the value of an earlier render as long as the content is the same. */
export function useUnchanged<T>(value: T): T {
  const last = useRef(value);
  if (last.current !== value) last.current = keepEqual(last.current, value);
  return last.current;
}

/** Like {@link useUnchanged}, for each item of a list. */
export function useUnchangedItems<T extends { _id: string }>(list: readonly T[] | null): T[] | null {
  const last = useRef(new Map<string, T>());
  if (list === null) return null;
  const items = list.map((item) => keepEqual(last.current.get(item._id), item));
  last.current = new Map(items.map((item) => [item._id, item]));
  return items;
}
