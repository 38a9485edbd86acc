/** Live query that starts with the loader's value. */
import { type RequestForQueries, useQueries } from "convex/react";
import { type FunctionReference, type FunctionReturnType, getFunctionName } from "convex/server";
import { useMemo, useRef } from "react";

/**
 * Subscribes to a query, like Convex's `useQuery`, but never throws.
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
  const key = `${getFunctionName(reference)} ${JSON.stringify(args)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for both, which are new objects on each render
  const queries = useMemo(
    (): RequestForQueries => (args === "skip" ? {} : { query: { query: reference, args } }),
    [key],
  );
  const { query: result } = useQueries(queries);
  const error = result instanceof Error ? result : null;
  const last = useRef<{ key: string; value: FunctionReturnType<F> } | null>(null);
  if (result !== undefined && error === null) last.current = { key, value: result };
  return { value: last.current?.key === key ? last.current.value : initial, error };
}
