/** Requests about a browser's own session. */
import { type Browser, jsonOf } from "./browser.ts";

type SessionAnswer = { user: { id: string } | null; sessionId: string; organizationId: string | null };

/** Returns the signed-in user; `user` is null for a guest. */
export const whoIs = async (browser: Browser) =>
  jsonOf<SessionAnswer>(await browser.get("/api/auth/session"));

/** Returns the access token for Convex. */
export const tokenOf = async (browser: Browser) => jsonOf<{ token: string }>(await browser.token()).token;
