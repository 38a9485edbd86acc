/** Creates the tab's one Convex client. A separate file, so that only signed-in users load it. */
import { ConvexReactClient } from "convex/react";
import { ConvexError } from "convex/values";
import { api } from "../../convex/_generated/api.js";
import type { LiveState } from "../ui/live-state.ts";
import { serverNow } from "./clock.ts";
import { SILENT_MS, watchState } from "./connection-state.ts";
import { heardSocket } from "./heard-socket.ts";
import { browserTimeZone } from "./time-zones.ts";
import { fetchAccessToken } from "./token.ts";
import type { Viewer } from "./viewer.ts";

/** Retry interval after Convex rejected a token that the worker had issued. */
const REAUTHENTICATE_MS = 10_000;

export type Connection = {
  client: ConvexReactClient;
  /** Replaces the listeners and reports the current state to them. */
  tell(events: ConnectionEvents): void;
  /** Returns when the data was last known to be current, by the server's clock, Unix ms; before any silence. */
  currentAt(): number;
  close(): void;
};

export type ConnectionEvents = {
  onState(state: LiveState): void;
  onViewer(viewer: Viewer | null): void;
  /** Called when the worker or Convex reports that this session has expired or was revoked. */
  onSessionOver(): void;
};

/**
 * Connects to Convex as the current user of this tab's session.
 *
 * @param url - The Convex deployment.
 * @param first - The listeners to start with.
 */
export function connect(url: string, first: ConnectionEvents): Connection {
  let events = first;
  const closing = new AbortController();
  const socket = heardSocket(() => state.heard());
  // Send nothing before there is a token, and reuse the first token until it expires.
  const client = new ConvexReactClient(url, {
    webSocketConstructor: socket.constructor,
    expectAuth: true,
    initialAuthTokenReuse: true,
    unsavedChangesWarning: false,
    logger: false,
  });

  /** Whether the worker returned a token. Without one the socket is open, but no data arrives. */
  let authorized = false;
  const authenticate = () => {
    client.setAuth(
      async ({ forceRefreshToken }) => {
        const token = await fetchAccessToken(forceRefreshToken, closing.signal);
        if (token === null && !closing.signal.aborted) events.onSessionOver();
        authorized = token !== null;
        state.look();
        return token;
      },
      (authenticated) => {
        if (authenticated || closing.signal.aborted) return;
        setTimeout(() => closing.signal.aborted || authenticate(), REAUTHENTICATE_MS);
      },
    );
  };
  const state = watchState(client, socket, {
    onState: (state) => events.onState(state),
    authorized: () => authorized,
    // The worker knows whether the session expired during the interruption.
    async confirm() {
      const token = await fetchAccessToken(false, closing.signal);
      if (token === null && !closing.signal.aborted) events.onSessionOver();
      return token !== null;
    },
    signal: closing.signal,
  });
  authenticate();
  const viewer = client.watchQuery(api.users.viewer, {});
  const readCurrentUser = () => {
    try {
      const value = viewer.localQueryResult();
      if (value === undefined) return;
      events.onViewer(value);
      adoptTimeZone(client, value);
    } catch (error) {
      if (isOver(error)) events.onSessionOver();
    }
  };
  const stopViewer = viewer.onUpdate(readCurrentUser);

  return {
    client,
    tell(next) {
      events = next;
      state.again();
      readCurrentUser();
    },
    currentAt() {
      const quiet = Date.now() - socket.heardAt();
      return serverNow() - (quiet > SILENT_MS ? quiet : 0);
    },
    close() {
      closing.abort();
      stopViewer();
      void client.close();
    },
  };
}

/** Ids of users whose time zone this tab has tried to set, so that a rejected one is not retried. */
const adopted = new Set<string>();

/** Stores the browser's time zone if the user has none yet. */
function adoptTimeZone(client: ConvexReactClient, viewer: Viewer | null): void {
  if (viewer === null || viewer.preferences.timeZone !== null || adopted.has(viewer._id)) return;
  adopted.add(viewer._id);
  const timeZone = browserTimeZone();
  if (timeZone === null) return;
  void client.mutation(api.preferences.set, { timeZone }).catch(() => {
    // Convex does not know this time zone; the user keeps UTC.
  });
}

/** Returns whether a query failed because its session was revoked or its user was deleted. */
export function isOver(error: unknown): boolean {
  return error instanceof ConvexError && (error.data as { code?: unknown })?.code === "unauthenticated";
}
