/** Flow cookies: one per pending sign-in, named after its state, so that tabs do not overwrite each other. */
import { toHex } from "../../convex/model/hex.ts";
import {
  type CookieSettings,
  clearCookie,
  type RequestCookies,
  setCookie,
} from "../request/cookies.server.ts";
import { FLOW_LIFETIME_MS } from "./seal.server.ts";

/** Maximum number of pending flows per browser; a new one evicts the oldest. */
const MAX_FLOWS = 5;

/** A state starts with its creation time, so cookie names sort by age. */
const STATE = /^[0-9a-z]{8,9}-[0-9a-f]{64}$/;

const prefix = (settings: CookieSettings) => `${settings.cookiePrefix}wos-flow-`;

/**
 * Returns a new state: the creation time, followed by 256 random bits.
 *
 * @param now - Unix milliseconds.
 */
export function createState(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(32));
  return `${now.toString(36)}-${toHex(random)}`;
}

/** Returns the `Set-Cookie` line that stores a sealed flow. */
export function flowCookie(settings: CookieSettings, state: string, sealed: string): string {
  return setCookie(settings, prefix(settings) + state, sealed, FLOW_LIFETIME_MS / 1000);
}

/** Returns name and value of the flow cookie for a state, or null if the browser sent none. */
export function readFlowCookie(
  settings: CookieSettings,
  cookies: RequestCookies,
  state: string,
): { name: string; sealed: string } | null {
  if (!STATE.test(state)) return null;
  const name = prefix(settings) + state;
  const sealed = cookies[name];
  return sealed ? { name, sealed } : null;
}

/** Returns the `Set-Cookie` line that deletes a flow cookie. */
export function spendFlow(settings: CookieSettings, name: string): string {
  return clearCookie(settings, name);
}

/** Returns the names of the flow cookies to delete before another one is added. */
export function staleFlowCookies(settings: CookieSettings, cookies: RequestCookies): string[] {
  const start = prefix(settings);
  const names = Object.keys(cookies).filter((name) => name.startsWith(start));
  // Names start with the creation time. Names in another format count as oldest.
  const age = (name: string) => (STATE.test(name.slice(start.length)) ? name : "");
  names.sort((a, b) => (age(a) < age(b) ? 1 : -1));
  return names.slice(MAX_FLOWS - 1);
}
