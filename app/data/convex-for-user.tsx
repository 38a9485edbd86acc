/** Convex's provider, loaded only if a user is signed in. */
import { type ComponentType, lazy, type ReactNode, useState } from "react";
import type { ConvexSessionProps } from "./convex-session.tsx";
import type { Shell } from "./shell.server.ts";

let Loaded: ComponentType<ConvexSessionProps> | null = import.meta.env.SSR
  ? (await import("./convex-session.tsx")).default
  : null;

/** Loads the provider and the Convex client. The page of a user is hydrated after it has arrived. */
export async function loadConvex(): Promise<{ default: ComponentType<ConvexSessionProps> }> {
  const module = await import("./convex-session.tsx");
  Loaded = module.default;
  return module;
}

/** For a guest's page whose user signs in in another tab. */
const Later = /* @__PURE__ */ lazy(loadConvex);

/**
 * Provides Convex to the page of a signed-in user; renders only the page for a guest.
 *
 * @param shell - The root loader's data: the session and the Convex URL.
 * @param connects - False if the connection failed: Convex's hooks stay loading then.
 */
export function ConvexForUser({
  shell: { sessionId, convexUrl },
  connects = true,
  children,
}: {
  shell: Shell;
  connects?: boolean;
  children: ReactNode;
}) {
  // These must not change while mounted, because React would mount the page again. A user who signs out keeps
  // the provider.
  const [Provider] = useState(() => Loaded ?? Later);
  const [isProvided, provide] = useState(sessionId !== null);
  if (!isProvided && sessionId === null) return children;
  if (!isProvided) provide(true);
  return (
    <Provider sessionId={connects ? sessionId : null} url={convexUrl}>
      {children}
    </Provider>
  );
}
