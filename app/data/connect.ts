/** The tab's Convex connections, one for each session. A separate file, so that only signed-in users load it. */

import { api } from "../../convex/_generated/api.js";
import { rejectionIn } from "../../convex/model/rejection.ts";
import type { LiveState } from "../ui/live-state.ts";
import { serverNow } from "./clock.ts";
import { SILENT_MS, watchState } from "./connection-state.ts";
import { heardSocket } from "./heard-socket.ts";
import type { LiveClient } from "./live-client.ts";
import type { Viewer } from "./page-query.server.ts";
import { SessionClient } from "./session-client.ts";
import { fetchAccessToken } from "./token.ts";

export type Connection = {
  client: LiveClient;
  /** For `ConvexProviderWithAuth`. */
  fetchAccessToken(args: { forceRefreshToken: boolean }): Promise<string | null>;
  /** Replaces the listeners and reports the current state to them. The first call starts the watch. */
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
 * Creates the connection of a session, which opens its WebSocket when it is first used.
 *
 * @param url - The Convex deployment.
 */
function connect(url: string): Connection {
  let events: ConnectionEvents = { onState() {}, onViewer() {}, onSessionOver() {} };
  const closing = new AbortController();
  const { signal } = closing;
  const socket = heardSocket(() => watching?.heard());
  // Send nothing before there is a token, and reuse the first token until it expires.
  const client = new SessionClient(url, {
    webSocketConstructor: socket.constructor,
    expectAuth: true,
    initialAuthTokenReuse: true,
    unsavedChangesWarning: false,
    logger: false,
  });
  const askToken = async (forceRefresh: boolean) => {
    const token = await fetchAccessToken(forceRefresh, signal);
    if (token === null && !signal.aborted) events.onSessionOver();
    return token;
  };

  /** Whether the worker returned a token. Without one the socket is open, but no data arrives. */
  let authorized = false;
  let watching: ReturnType<typeof watch> | null = null;
  const watch = () => {
    const state = watchState(client, socket, {
      onState: (state) => events.onState(state),
      authorized: () => authorized,
      // The worker knows whether the session expired during the interruption.
      confirm: async () => (await askToken(false)) !== null,
      signal,
    });
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
    signal.addEventListener("abort", viewer.onUpdate(readCurrentUser));
    return { ...state, readCurrentUser };
  };

  return {
    client,
    async fetchAccessToken({ forceRefreshToken }) {
      const token = await askToken(forceRefreshToken);
      authorized = token !== null;
      if (!signal.aborted) watching?.look();
      return token;
    },
    tell(next) {
      events = next;
      watching ??= watch();
      watching.again();
      watching.readCurrentUser();
    },
    currentAt() {
      const quiet = Date.now() - socket.heardAt();
      return serverNow() - (quiet > SILENT_MS ? quiet : 0);
    },
    close() {
      closing.abort();
      void client.close();
    },
  };
}

/** The connections of this tab by session id, with the number of providers that use each. */
const connections = new Map<string, { connection: Connection; users: number }>();

/**
 * Returns the session's connection. The providers of a session share it, so that an error page takes it over
 * together with the pending edits.
 *
 * @param url - The Convex deployment.
 */
export function connectionOf(sessionId: string, url: string): Connection {
  let entry = connections.get(sessionId);
  if (entry === undefined) {
    entry = { connection: connect(url), users: 0 };
    connections.set(sessionId, entry);
  }
  return entry.connection;
}

/**
 * Keeps a session's connection open.
 *
 * @returns Releases the connection, which closes unless another provider mounts at once.
 */
export function keepOpen(sessionId: string): () => void {
  const entry = connections.get(sessionId);
  if (entry === undefined) return () => {};
  entry.users += 1;
  return () => {
    entry.users -= 1;
    setTimeout(() => {
      if (entry.users > 0 || connections.get(sessionId) !== entry) return;
      connections.delete(sessionId);
      entry.connection.close();
    });
  };
}

/** Ids of users whose time zone this tab has tried to set, so that a rejected one is not retried. */
const adopted = new Set<string>();

/** Stores the browser's time zone if the user has none yet. */
function adoptTimeZone(client: LiveClient, viewer: Viewer | null): void {
  if (viewer === null || viewer.preferences.timeZone !== null || adopted.has(viewer._id)) return;
  adopted.add(viewer._id);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  if (!timeZone) return; // Unknown to the browser.
  void client.mutation(api.preferences.set, { timeZone }).catch(() => {
    // Convex does not know this time zone; the user keeps UTC.
  });
}

/** Returns whether a query failed because its session was revoked or its user was deleted. */
function isOver(error: unknown): boolean {
  return rejectionIn(error)?.code === "unauthenticated";
}
