/** Convex's provider of a signed-in page, with the live state. */
import { ConvexProviderWithAuth } from "convex/react";
import { useContext, useEffect, useMemo } from "react";
import { connectionOf, keepOpen } from "./connect.ts";
import { ConnectionContext, type Live, LiveContext } from "./live-context.ts";
import { LiveProvider } from "./live-provider.tsx";
import type { SessionProviderProps } from "./session-provider.tsx";
import type { Shell } from "./shell.server.ts";
import { silentClient } from "./silent-client.ts";

/**
 * Provides the session's Convex client to the live queries. On the server and for guests, they stay loading.
 */
export default function ConvexProvider({ shell, connects, children }: SessionProviderProps) {
  const { convexUrl } = shell;
  const sessionId = connects ? shell.sessionId : null;
  const connection = useMemo(
    () =>
      import.meta.env.SSR || sessionId === null || convexUrl === null
        ? null
        : connectionOf(sessionId, convexUrl),
    [sessionId, convexUrl],
  );
  useEffect(() => (sessionId === null ? undefined : keepOpen(sessionId)), [sessionId]);
  return (
    <ConnectionContext value={connection}>
      <ConvexProviderWithAuth client={connection?.client ?? silentClient} useAuth={useAuthForConvex}>
        {connects ? (
          <LiveProvider shell={shell}>{children}</LiveProvider>
        ) : (
          <LiveContext value={withoutLive(shell)}>{children}</LiveContext>
        )}
      </ConvexProviderWithAuth>
    </ConnectionContext>
  );
}

/** Returns the live state for a page that cannot connect: data as of the server's render. */
function withoutLive({ sessionId, now, viewer }: Shell): Live {
  return { client: null, state: sessionId === null ? null : "unavailable", asOf: now, viewer };
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
