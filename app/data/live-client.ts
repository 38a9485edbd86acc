/** What the app and Convex's provider use of a Convex client. */
import type { ConnectionState } from "convex/browser";
import type { ConvexReactClient } from "convex/react";

export type LiveClient = Pick<
  ConvexReactClient,
  | "setAuth"
  | "clearAuth"
  | "watchQuery"
  | "query"
  | "mutation"
  | "connectionState"
  | "subscribeToConnectionState"
  | "close"
>;

/** State of a client that has not connected yet. */
export const NOT_CONNECTED: ConnectionState = {
  hasInflightRequests: false,
  isWebSocketConnected: false,
  timeOfOldestInflightRequest: null,
  hasEverConnected: false,
  connectionCount: 0,
  connectionRetries: 0,
  inflightMutations: 0,
  inflightActions: 0,
};
