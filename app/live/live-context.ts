/** What a component may know of the live connection. */

import type { ConvexReactClient } from "convex/react";
import { createContext, useContext } from "react";
import type { LiveState } from "../ui/live-state.ts";
import type { Viewer } from "../viewer.ts";

export type Live = {
  /** Null on the server, for a guest, and until the client is loaded. */
  client: ConvexReactClient | null;
  /** Null for a guest: then there is nothing to be live. */
  state: LiveState | null;
  /** When what is shown was last known to be so, Unix ms; null where there is nothing to show. */
  asOf: number | null;
  /** The person in Convex, live; the loader's value at first. */
  viewer: Viewer | null;
};

export const LiveContext = createContext<Live>({ client: null, state: null, asOf: null, viewer: null });

/** The live connection of this tab. */
export function useLive(): Live {
  return useContext(LiveContext);
}
