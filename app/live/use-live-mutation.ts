/** A mutation over the tab's socket: shown at once, taken back with a reason where it is refused. */

import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { useCallback, useState } from "react";
import { useLive } from "./live-context.ts";
import { refusalOf } from "./refusal.ts";

export type Edit = {
  /** `waiting`: sent or to be sent, not yet applied. */
  status: "idle" | "waiting" | "done" | "refused";
  /** Why it was refused, in words. */
  message: string | null;
};

/**
 * @param reference A public mutation.
 * @param optimistic Makes the local results look as they will.
 * @returns `run`, or null while there is no live connection: then the form goes to the server as without JavaScript.
 */
export function useLiveMutation<F extends FunctionReference<"mutation">>(
  reference: F,
  optimistic?: (store: OptimisticLocalStore, args: F["_args"]) => void,
): { edit: Edit; run: ((args: F["_args"]) => Promise<boolean>) | null } {
  const { client } = useLive();
  const [edit, setEdit] = useState<Edit>({ status: "idle", message: null });
  const run = useCallback(
    async (args: F["_args"]) => {
      if (client === null) return false;
      setEdit({ status: "waiting", message: null });
      try {
        await client.mutation(reference, args, optimistic ? { optimisticUpdate: optimistic } : {});
        setEdit({ status: "done", message: null });
        return true;
      } catch (error) {
        setEdit({ status: "refused", message: refusalOf(error) });
        return false;
      }
    },
    [client, reference, optimistic],
  );
  return { edit, run: client === null ? null : run };
}
