/** React contexts of the tab's live connection. */

import { createContext, useContext } from "react";
import type { LiveState } from "../ui/live-state.ts";
import type { Connection } from "./connect.ts";
import type { LiveClient } from "./live-client.ts";
import type { Viewer } from "./page-query.server.ts";

export type Live = {
  /** Null for a guest. */
  client: LiveClient | null;
  /** Null for a guest, who has no live data. */
  state: LiveState | null;
  /** When the data shown was last known to be current, Unix ms; null if no data is shown. */
  asOf: number | null;
  /** The current user in Convex, live; the loader's value at first. */
  viewer: Viewer | null;
};

export const LiveContext = createContext<Live>({ client: null, state: null, asOf: null, viewer: null });

/** The connection of the session; null for a guest. */
export const ConnectionContext = createContext<Connection | null>(null);

/** Returns the live connection of this tab. */
export function useLive(): Live {
  return useContext(LiveContext);
}
