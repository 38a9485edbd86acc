/** Provider of the session: Convex and its live state, loaded only if a user is signed in. */
import { type ComponentType, lazy, type ReactNode, useEffect, useState } from "react";
import { useSessionWatch } from "../auth/session-watch.ts";
import { belongTo } from "./pending.ts";
import type { Shell } from "./shell.server.ts";

export type SessionProviderProps = {
  /** The root loader's data. */
  shell: Shell;
  /** False if the live connection failed: Convex's hooks stay loading then. */
  connects?: boolean;
  children: ReactNode;
};

type Provider = ComponentType<SessionProviderProps>;

let Loaded: Provider | null = import.meta.env.SSR ? (await import("./convex-provider.tsx")).default : null;

/** Loads the provider and the Convex client. The page of a user is hydrated after it has arrived. */
export async function loadConvex(): Promise<{ default: Provider }> {
  const module = await import("./convex-provider.tsx");
  Loaded = module.default;
  return module;
}

/** For a guest's page whose user signs in in another tab. */
const Later = /* @__PURE__ */ lazy(loadConvex);

/** Watches the session, and provides Convex to the page of a signed-in user. */
export function SessionProvider({ shell, connects = true, children }: SessionProviderProps) {
  // These must not change while mounted, because React would mount the page again. A user who signs out keeps
  // the provider.
  const [ConvexProvider] = useState(() => Loaded ?? Later);
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
