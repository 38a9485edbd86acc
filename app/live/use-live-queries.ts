/** Many queries of one kind that start from what the loader gave and go live, each woken on its own. */
import type { FunctionReference, FunctionReturnType } from "convex/server";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "./live-context.ts";

/**
 * @param reference A public query. @param ids What to ask it about.
 * @param argsOf Its arguments for one of these. @param initial What the loader gave, by id.
 * @returns The newest value of each, by id. One that fails keeps its last value.
 */
export function useLiveQueries<F extends FunctionReference<"query">>(
  reference: F,
  ids: readonly string[],
  argsOf: (id: string) => F["_args"],
  initial: Readonly<Record<string, FunctionReturnType<F>>>,
): Readonly<Record<string, FunctionReturnType<F>>> {
  const { client } = useLive();
  const [values, setValues] = useState<Record<string, FunctionReturnType<F>>>({});
  // As text, because a list made anew on each render may still be the same one.
  const wanted = ids.join(" ");
  const latest = useRef({ reference, argsOf });
  latest.current = { reference, argsOf };

  useEffect(() => {
    if (client === null) return;
    const { reference, argsOf } = latest.current;
    const stops = wanted
      .split(" ")
      .filter(Boolean)
      .map((id) => {
        const watch = client.watchQuery(reference, argsOf(id));
        const look = () => {
          const value = settled(watch);
          if (value !== undefined)
            setValues((known) => (known[id] === value ? known : { ...known, [id]: value }));
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
