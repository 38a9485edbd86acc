/** What a browser may ask of its own session. */
import { type Browser, jsonOf } from "./browser.ts";

type SessionAnswer = { user: { id: string } | null };

/** Who is signed in; null for nobody. */
export const whoIs = async (browser: Browser) =>
  jsonOf<SessionAnswer>(await browser.get("/api/auth/session"));

/** The access token for Convex. */
export const tokenOf = async (browser: Browser) => jsonOf<{ token: string }>(await browser.token()).token;
