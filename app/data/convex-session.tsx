/** Convex's provider of a signed-in page. */
import { ConvexProviderWithAuth } from "convex/react";
import { type ReactNode, useContext, useEffect, useMemo } from "react";
import { connectionOf, keepOpen } from "./connect.ts";
import { ConnectionContext } from "./live-context.ts";
import { silentClient } from "./silent-client.ts";

export type ConvexSessionProps = {
  /** The session to connect as; null to not connect. */
  sessionId: string | null;
  /** The Convex deployment. */
  url: string | null;
  children: ReactNode;
};

/**
 * Provides the session's Convex client, so that the hooks of `convex/react` work. On the server they return
 * what they return while they load.
 */
export default function ConvexSession({ sessionId, url, children }: ConvexSessionProps) {
  const connection = useMemo(
    () => (import.meta.env.SSR || sessionId === null || url === null ? null : connectionOf(sessionId, url)),
    [sessionId, url],
  );
  useEffect(() => (sessionId === null ? undefined : keepOpen(sessionId)), [sessionId]);
  return (
    <ConnectionContext value={connection}>
      <ConvexProviderWithAuth client={connection?.client ?? silentClient} useAuth={useAuthForConvex}>
        {children}
      </ConvexProviderWithAuth>
    </ConnectionContext>
  );
}

const noToken = async () => null;

/** Adapts the session to Convex. The page's first HTML contains the user, so it is never loading. */
function useAuthForConvex() {
  const connection = useContext(ConnectionContext);
  return {
    isLoading: import.meta.env.SSR,
    isAuthenticated: connection !== null,
    fetchAccessToken: connection?.fetchAccessToken ?? noToken,
  };
}
