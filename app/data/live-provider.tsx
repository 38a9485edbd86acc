/** Provider of the tab's live connection, which exists only while a user is signed in. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useSessionWatch } from "../auth/session-watch.ts";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import type { LiveState } from "../ui/live-state.ts";
import type { Connection, ConnectionEvents } from "./connect.ts";
import { LiveContext } from "./live-context.ts";
import { belongTo } from "./pending.ts";
import type { Shell } from "./shell.server.ts";
import type { Viewer } from "./viewer.ts";

/**
 * The connection of a provider that just unmounted. If another page of the same session mounts at once, such
 * as an error page, it takes over the connection together with the pending edits.
 */
let left: { sessionId: string; connection: Connection; taken: boolean } | null = null;

function leave(sessionId: string, connection: Connection): void {
  const leaving = { sessionId, connection, taken: false };
  left = leaving;
  setTimeout(() => {
    if (leaving.taken) return;
    leaving.taken = true;
    connection.close();
  });
}

function takeLeft(sessionId: string): Connection | null {
  if (left === null || left.sessionId !== sessionId || left.taken) return null;
  left.taken = true;
  return left.connection;
}

/**
 * Connects to Convex and provides the connection to the page.
 *
 * @param shell - The root loader's data: the session, the current user and the Convex URL.
 */
export function LiveProvider({ shell, children }: { shell: Shell; children: ReactNode }) {
  const { sessionId, convexUrl } = shell;
  const [connection, setConnection] = useState<(Connection & { sessionId: string }) | null>(null);
  const [state, setState] = useState<LiveState>(shell.dataMissing ? "unavailable" : "connecting");
  const [liveViewer, setLiveViewer] = useState<{ sessionId: string; viewer: Viewer | null } | null>(null);
  const [asOf, setAsOf] = useState(shell.dataMissing ? null : shell.now);
  useEffect(
    () => (state === "live" && connection ? () => setAsOf(connection.currentAt()) : undefined),
    [state, connection],
  );
  // A newer response of the worker has newer data.
  useEffect(() => {
    if (!shell.dataMissing) setAsOf((before) => Math.max(before ?? 0, shell.now));
  }, [shell]);
  useEffect(() => belongTo(sessionId), [sessionId]);
  useSessionWatch(sessionId);
  // Only the page's response explains why a session was revoked; a session request first would clear the
  // cookie.
  const revalidate = useRevalidate();
  const latest = useRef({ revalidate, sessionId });
  latest.current = { revalidate, sessionId };

  useEffect(() => {
    if (sessionId === null || convexUrl === null) return;
    const events: ConnectionEvents = {
      onState: setState,
      onViewer: (viewer) => setLiveViewer({ sessionId, viewer }),
      // Skips it if a pending navigation has already changed the session or signed the user out.
      onSessionOver: () => void latest.current.revalidate(() => latest.current.sessionId === sessionId),
    };
    let closed = false;
    let current = takeLeft(sessionId);
    const use = (connection: Connection) => {
      current = connection;
      setConnection({ ...connection, sessionId });
    };
    if (current !== null) {
      use(current);
      current.tell(events);
    } else {
      import("./connect.ts")
        .then(({ connect }) => closed || use(connect(convexUrl, events)))
        .catch((error) => {
          setState("unavailable");
          reportError(error);
        });
    }
    return () => {
      closed = true;
      if (current !== null) leave(sessionId, current);
      setConnection(null);
      setLiveViewer(null);
    };
  }, [sessionId, convexUrl]);

  // The user's sync failed at sign-in; the worker repeats it with the next page.
  const unknown = liveViewer?.sessionId === sessionId && liveViewer?.viewer === null;
  useEffect(() => {
    if (unknown) void revalidate();
  }, [unknown, revalidate]);

  const viewer = (liveViewer?.sessionId === sessionId ? liveViewer.viewer : null) ?? shell.viewer;
  const live = useMemo(
    () => ({
      // Another session's client is about to be closed.
      client: connection?.sessionId === sessionId ? connection.client : null,
      state: sessionId === null ? null : state,
      asOf,
      viewer: sessionId === null ? null : viewer,
    }),
    [connection, sessionId, state, asOf, viewer],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}
