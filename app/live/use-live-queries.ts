/** Many queries of one kind that start from what the loader gave and go live, each woken on its own. */
import type { FunctionReference, FunctionReturnType } from "convex/server";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "./live-context.ts";

/**
 * @param reference A public query.
 * @param argsOf Its arguments, by a key of one's own. @param initial What the loader gave, by the same keys.
 * @returns The newest value of each, by key. One that fails keeps its last value.
 */
export function useLiveQueries<F extends FunctionReference<"query">>(
  reference: F,
  argsOf: Readonly<Record<string, F["_args"]>>,
  initial: Readonly<Record<string, FunctionReturnType<F>>>,
): Readonly<Record<string, FunctionReturnType<F>>> {
  const { client } = useLive();
  const [values, setValues] = useState<Record<string, FunctionReturnType<F>>>({});
  // The wanted arguments as text stand for an object that is made anew on each render.
  const wanted = JSON.stringify(argsOf);
  const latest = useRef(reference);
  latest.current = reference;

  useEffect(() => {
    if (client === null) return;
    const stops = Object.entries(JSON.parse(wanted) as Record<string, F["_args"]>).map(([key, args]) => {
      const watch = client.watchQuery(latest.current, args);
      const look = () => {
        const value = settled(watch);
        if (value !== undefined)
          setValues((known) => (known[key] === value ? known : { ...known, [key]: value }));
      };
      const stop = watch.onUpdate(look);
      look();
      return stop;
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [client, wanted]);

  return useMemo(() => ({ ...initial, ...values }), [initial, values]);
}

/** The value that a watched query has now; undefined where there is none yet, or it failed. */
function settled<T>(watch: { localQueryResult(): T | undefined }): T | undefined {
  try {
    return watch.localQueryResult();
  } catch {
    return undefined;
  }
}
