/** Convex's provider of a signed-in page. */
import { ConvexProviderWithAuth } from "convex/react";
import { type ReactNode, useContext, useEffect, useMemo } from "react";
import { connect, connectionOf, keepOpen } from "./connect.ts";
import { ConnectionContext } from "./live-context.ts";

export type ConvexSessionProps = {
  sessionId: string;
  /** The Convex deployment. */
  url: string;
  children: ReactNode;
};

/**
 * Provides the session's Convex client, so that the hooks of `convex/react` work. On the server the client
 * never connects, and the hooks return what they return while they load.
 */
export default function ConvexSession({ sessionId, url, children }: ConvexSessionProps) {
  const connection = useMemo(
    () => (import.meta.env.SSR ? connect(url) : connectionOf(sessionId, url)),
    [sessionId, url],
  );
  useEffect(() => keepOpen(sessionId), [sessionId]);
  return (
    <ConnectionContext value={connection}>
      <ConvexProviderWithAuth client={connection.client} useAuth={useAuthForConvex}>
        {children}
      </ConvexProviderWithAuth>
    </ConnectionContext>
  );
}

/** Adapts the session to Convex. The page's first HTML contains the user, so it is never loading. */
function useAuthForConvex() {
  const connection = useContext(ConnectionContext);
  if (connection === null) throw new Error("The Convex provider needs a connection.");
  return { isLoading: false, isAuthenticated: true, fetchAccessToken: connection.fetchAccessToken };
}
