/** A mutation over the tab's socket: shown at once, taken back with a reason where it is refused. */

import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReference, FunctionReturnType } from "convex/server";
import { useCallback, useRef, useState } from "react";
import { useLive } from "./live-context.ts";
import { refusalOf } from "./refusal.ts";

export type Edit = {
  /** `waiting`: one at least is sent or to be sent, and not yet applied. */
  status: "idle" | "waiting" | "done" | "refused";
  /** Why it was refused, in words. */
  message: string | null;
};

/** What the mutation returned, or that it was refused: then `edit` says why. */
export type Outcome<F extends FunctionReference<"mutation">> =
  | { done: true; value: FunctionReturnType<F> }
  | { done: false };

/**
 * @param reference A public mutation.
 * @param optimistic Makes the local results look as they will.
 * @returns `run`, or null while there is no live connection: then the form goes to the server as without JavaScript.
 */
export function useLiveMutation<F extends FunctionReference<"mutation">>(
  reference: F,
  optimistic?: (store: OptimisticLocalStore, args: F["_args"]) => void,
): { edit: Edit; run: ((args: F["_args"]) => Promise<Outcome<F>>) | null } {
  const { client } = useLive();
  const [edit, setEdit] = useState<Edit>({ status: "idle", message: null });
  const open = useRef(0);
  const run = useCallback(
    async (args: F["_args"]): Promise<Outcome<F>> => {
      if (client === null) return { done: false };
      open.current += 1;
      setEdit({ status: "waiting", message: null });
      const settle = (edit: Edit) => {
        open.current -= 1;
        setEdit(open.current > 0 ? { status: "waiting", message: edit.message } : edit);
      };
      try {
        const value = await client.mutation(
          reference,
          args,
          optimistic ? { optimisticUpdate: optimistic } : {},
        );
        settle({ status: "done", message: null });
        return { done: true, value };
      } catch (error) {
        settle({ status: "refused", message: refusalOf(error) });
        return { done: false };
      }
    },
    [client, reference, optimistic],
  );
  return { edit, run: client === null ? null : run };
}
