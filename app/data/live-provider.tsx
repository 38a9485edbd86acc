/** Provider of the tab's live state: the connection, and the current user. */
import { type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import type { LiveState } from "../ui/live-state.ts";
import { ConnectionContext, LiveContext } from "./live-context.ts";
import type { Viewer } from "./page-query.server.ts";
import type { Shell } from "./shell.server.ts";

/**
 * Watches the connection of the Convex provider above and provides its state to the page.
 *
 * @param shell - The root loader's data: the session and the current user.
 */
export function LiveProvider({ shell, children }: { shell: Shell; children: ReactNode }) {
  const { sessionId } = shell;
  const connection = useContext(ConnectionContext);
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
  // Only the page's response explains why a session was revoked; a session request first would clear the
  // cookie.
  const revalidate = useRevalidate();
  const latest = useRef({ revalidate, sessionId });
  latest.current = { revalidate, sessionId };

  useEffect(() => {
    if (connection === null || sessionId === null) return;
    connection.tell({
      onState: setState,
      onViewer: (viewer) => setLiveViewer({ sessionId, viewer }),
      // Skips it if a pending navigation has already changed the session or signed the user out.
      onSessionOver: () => void latest.current.revalidate(() => latest.current.sessionId === sessionId),
    });
    return () => setLiveViewer(null);
  }, [sessionId, connection]);

  // The user's sync failed at sign-in; the worker repeats it with the next page.
  const unknown = liveViewer?.sessionId === sessionId && liveViewer?.viewer === null;
  useEffect(() => {
    if (unknown) void revalidate();
  }, [unknown, revalidate]);

  const viewer = (liveViewer?.sessionId === sessionId ? liveViewer.viewer : null) ?? shell.viewer;
  const live = useMemo(
    () => ({
      client: connection?.client ?? null,
      state: sessionId === null ? null : state,
      asOf,
      viewer: sessionId === null ? null : viewer,
    }),
    [connection, sessionId, state, asOf, viewer],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}
