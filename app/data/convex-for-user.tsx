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
 */
export function ConvexForUser({ shell, children }: { shell: Shell; children: ReactNode }) {
  // Must not change while mounted, because React would mount the page again.
  const [Provider] = useState(() => Loaded ?? Later);
  const { sessionId, convexUrl } = shell;
  if (sessionId === null || convexUrl === null) return children;
  return (
    <Provider sessionId={sessionId} url={convexUrl}>
      {children}
    </Provider>
  );
}
