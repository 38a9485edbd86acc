/** Makes the tab's one Convex client. In a file of its own, so that it is loaded only where somebody is signed in. */
import { ConvexReactClient } from "convex/react";
import { ConvexError } from "convex/values";
import { api } from "../../convex/_generated/api.js";
import { browserTimeZone } from "../time-zone/time-zones.ts";
import type { LiveState } from "../ui/live-state.ts";
import type { Viewer } from "../viewer.ts";
import { serverNow } from "./clock.ts";
import { SILENT_MS, watchState } from "./connection-state.ts";
import { heardSocket } from "./heard-socket.ts";
import { fetchAccessToken } from "./token.ts";

/** When a token was refused for good though the worker gave it, something between the two is being mended. */
const REAUTHENTICATE_MS = 10_000;

export type Connection = {
  client: ConvexReactClient;
  /** Tells somebody else from now on, beginning with how things stand. */
  tell(events: ConnectionEvents): void;
  /** Returns when the data was last known to be current, by the server's clock, Unix ms: before sleep, if there was any. */
  currentAt(): number;
  close(): void;
};

export type ConnectionEvents = {
  onState(state: LiveState): void;
  onViewer(viewer: Viewer | null): void;
  /** The worker or Convex says that this session is over. */
  onSessionOver(): void;
};

/**
 * Connects to Convex as the person of this tab's session.
 *
 * @param url The deployment. @param first What the page wants to hear.
 */
export function connect(url: string, first: ConnectionEvents): Connection {
  let events = first;
  const closing = new AbortController();
  const socket = heardSocket(() => state.heard());
  // Hold everything until there is a token; and keep the first one as long as it is good.
  const client = new ConvexReactClient(url, {
    webSocketConstructor: socket.constructor,
    expectAuth: true,
    initialAuthTokenReuse: true,
    unsavedChangesWarning: false,
    logger: false,
  });

  /** Whether the worker has given a token: without one the line is open, and nothing comes. */
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
    // The worker knows whether the session has ended meanwhile, however long that was.
    async confirm() {
      const token = await fetchAccessToken(false, closing.signal);
      if (token === null && !closing.signal.aborted) events.onSessionOver();
      return token !== null;
    },
    signal: closing.signal,
  });
  authenticate();
  const viewer = client.watchQuery(api.users.viewer, {});
  const lookAtViewer = () => {
    try {
      const value = viewer.localQueryResult();
      if (value === undefined) return;
      events.onViewer(value);
      adoptTimeZone(client, value);
    } catch (error) {
      if (isOver(error)) events.onSessionOver();
    }
  };
  const stopViewer = viewer.onUpdate(lookAtViewer);

  return {
    client,
    tell(next) {
      events = next;
      state.again();
      lookAtViewer();
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

/** People to whom this tab has given the browser's zone, so that one that is refused is not offered again and again. */
const adopted = new Set<string>();

/** Where the person has no time zone yet, the browser's becomes theirs. */
function adoptTimeZone(client: ConvexReactClient, viewer: Viewer | null): void {
  if (viewer === null || viewer.preferences.timeZone !== null || adopted.has(viewer._id)) return;
  adopted.add(viewer._id);
  const timeZone = browserTimeZone();
  if (timeZone === null) return;
  void client.mutation(api.preferences.set, { timeZone }).catch(() => {
    // A name that Convex does not know: then it stays with UTC.
  });
}

/** Whether a query failed because its session was revoked or its person deleted. */
export function isOver(error: unknown): boolean {
  return error instanceof ConvexError && (error.data as { code?: unknown })?.code === "unauthenticated";
}
