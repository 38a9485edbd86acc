/** What the app and the hooks of `convex/react` use of a Convex client. */
import type { ConnectionState } from "convex/browser";
import type { ConvexReactClient } from "convex/react";

export type LiveClient = Pick<
  ConvexReactClient,
  | "url"
  | "logger"
  | "setAuth"
  | "clearAuth"
  | "watchQuery"
  | "query"
  | "mutation"
  | "action"
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

const nothing = () => {};

/** Logs nothing: the app shows what its user has to know. */
export const NO_LOG = { logVerbose: nothing, log: nothing, warn: nothing, error: nothing };
