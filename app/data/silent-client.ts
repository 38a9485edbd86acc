/**
 * Convex client that never connects: its queries stay loading. For the server, for the page of a user who has
 * just signed out, and if the connection failed.
 */
import type { ConnectionState } from "convex/browser";
import { ConvexReactClient, type Watch } from "convex/react";

const WATCH: Watch<never> = {
  onUpdate: () => () => {},
  localQueryResult: () => undefined,
  journal: () => undefined,
};

const STATE: ConnectionState = {
  hasInflightRequests: false,
  isWebSocketConnected: false,
  timeOfOldestInflightRequest: null,
  hasEverConnected: false,
  connectionCount: 0,
  connectionRetries: 0,
  inflightMutations: 0,
  inflightActions: 0,
};

const reject = () => Promise.reject(new Error("There is no connection to Convex. Reload the page."));

class SilentClient extends ConvexReactClient {
  override setAuth = () => {};
  override clearAuth = () => {};
  override watchQuery = () => WATCH;
  override query = reject;
  override mutation = reject;
  override action = reject;
  override connectionState = () => STATE;
  override subscribeToConnectionState = () => () => {};
}

export const silentClient = /* @__PURE__ */ new SilentClient("https://silent.invalid", { logger: false });
