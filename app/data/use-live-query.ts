/** Live query that starts with the loader's value. */
import { useConvex, type Watch } from "convex/react";
import { type FunctionReference, type FunctionReturnType, getFunctionName } from "convex/server";
import { useEffect, useMemo, useRef, useState } from "react";

type Result<T> = { value: T | undefined; error: Error | null };

const NOTHING: Result<never> = { value: undefined, error: null };

/**
 * Subscribes to a query, like Convex's `useQuery`, but never throws. Not with Convex's `useQueries`, which is more
 * code than this hook and would be on every page.
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
): { value: FunctionReturnType<F> | I; error: Error | null } {
  const client = useConvex();
  const key = `${getFunctionName(reference)} ${JSON.stringify(args)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for both, which are new objects on each render
  const watch = useMemo(() => (args === "skip" ? null : client.watchQuery(reference, args)), [client, key]);
  const first = useMemo(() => resultOf(watch), [watch]);
  const [seen, setSeen] = useState({ watch, result: first });
  useEffect(() => {
    if (watch === null) return;
    const look = () => setSeen({ watch, result: resultOf(watch) });
    const stop = watch.onUpdate(look);
    look();
    return stop;
  }, [watch]);
  const { value, error } = seen.watch === watch ? seen.result : first;
  const last = useRef<{ key: string; value: FunctionReturnType<F> } | null>(null);
  if (value !== undefined) last.current = { key, value };
  return { value: last.current?.key === key ? last.current.value : initial, error };
}

/** Returns the current value of a watched query, or the error that it has thrown. */
export function resultOf<T>(watch: Watch<T> | null): Result<T> {
  try {
    return watch === null ? NOTHING : { value: watch.localQueryResult(), error: null };
  } catch (error) {
    return { value: undefined, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
