/** Provider of the session: Convex and its live state, loaded only if a user is signed in. */
import { type ReactNode, useEffect, useState } from "react";
import { useSessionWatch } from "../auth/session-watch.ts";
import { forUsers } from "./for-users.tsx";
import { belongTo } from "./pending.ts";
import type { Shell } from "./shell.server.ts";

export type SessionProviderProps = {
  /** The root loader's data. */
  shell: Shell;
  /** False if the live connection failed: Convex's hooks stay loading then. */
  connects?: boolean;
  children: ReactNode;
};

const ConvexProvider = forUsers<SessionProviderProps>(
  () => import("./convex-provider.tsx"),
  import.meta.env.SSR ? await import("./convex-provider.tsx") : undefined,
);

/** Watches the session, and provides Convex to the page of a signed-in user. */
export function SessionProvider({ shell, connects = true, children }: SessionProviderProps) {
  // A user who signs out keeps the provider, because without it React would mount the page again.
  const [isProvided, provide] = useState(shell.sessionId !== null);
  const isGuest = !isProvided && shell.sessionId === null;
  if (!isProvided && !isGuest) provide(true);
  return (
    <>
      {connects ? <SessionWatch sessionId={shell.sessionId} /> : null}
      {isGuest ? (
        children
      ) : (
        <ConvexProvider shell={shell} connects={connects}>
          {children}
        </ConvexProvider>
      )}
    </>
  );
}

function SessionWatch({ sessionId }: { sessionId: string | null }) {
  useEffect(() => belongTo(sessionId), [sessionId]);
  useSessionWatch(sessionId);
  return null;
}
