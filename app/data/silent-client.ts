/**
 * Convex client that never connects: its queries stay loading. For the server, for the page of a user who has
 * just signed out, and if the connection failed.
 */
import { type LiveClient, NOT_CONNECTED } from "./live-client.ts";

const reject = () => Promise.reject(new Error("There is no connection to Convex. Reload the page."));

export const silentClient: LiveClient = {
  setAuth() {},
  clearAuth() {},
  watchQuery: () => ({
    onUpdate: () => () => {},
    localQueryResult: () => undefined,
    journal: () => undefined,
  }),
  query: reject,
  mutation: reject,
  connectionState: () => NOT_CONNECTED,
  subscribeToConnectionState: () => () => {},
  close: async () => {},
};
