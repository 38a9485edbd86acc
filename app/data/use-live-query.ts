/** Live query that starts with the loader's value. */
import { type FunctionReference, type FunctionReturnType, getFunctionName } from "convex/server";
import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { useLive } from "./live-context.ts";

/**
 * Subscribes to a query.
 *
 * @param reference - A public query.
 * @param args - The query's arguments; `"skip"` does not run it.
 * @param initial - The loader's value; null if Convex did not answer in time.
 * @returns The latest value, and the `error` that the query has thrown since. An error keeps the value.
 */
export function useLiveQuery<F extends FunctionReference<"query">, I>(
  reference: F,
  args: F["_args"] | "skip",
  initial: I,
): { value: FunctionReturnType<F> | I; error: unknown } {
  const { client } = useLive();
  const key = `${getFunctionName(reference)} ${JSON.stringify(args)}`;
  // The key identifies the reference and arguments, which are new objects on each render.
  const latest = useRef({ reference, args });
  latest.current = { reference, args };
  const watch = useMemo(() => {
    const { reference, args } = latest.current;
    return key && client && args !== "skip" ? client.watchQuery(reference, args) : null;
  }, [client, key]);

  const last = useRef<{ key: string; value: FunctionReturnType<F> } | null>(null);
  const snapshot = useRef<{ value: FunctionReturnType<F> | undefined; error: unknown }>({
    value: undefined,
    error: null,
  });
  const read = useCallback(() => {
    let next: { value: FunctionReturnType<F> | undefined; error: unknown };
    try {
      next = { value: watch?.localQueryResult(), error: null };
    } catch (error) {
      next = { value: undefined, error };
    }
    // The client creates a new error object on each read.
    const { value, error } = snapshot.current;
    if (next.value !== value || String(next.error) !== String(error)) snapshot.current = next;
    return snapshot.current;
  }, [watch]);
  const subscribe = useCallback((onChange: () => void) => watch?.onUpdate(onChange) ?? (() => {}), [watch]);
  const { value, error } = useSyncExternalStore(subscribe, read, () => snapshot.current);

  if (value !== undefined) last.current = { key, value };
  const known = last.current?.key === key ? last.current.value : initial;
  return { value: known, error };
}
