/** The cookies of sign-ins under way: one for each, named after its state, so that tabs do not collide. */
import { type CookieSettings, clearCookie, type RequestCookies, setCookie } from "./cookies.server.ts";
import { FLOW_LIFETIME_MS } from "./seal.server.ts";

/** Flows that a browser may have open at once; a further one clears the oldest. */
const MAX_FLOWS = 5;

/** A state starts with its time, so that the oldest cookie can be told by its name alone. */
const STATE = /^[0-9a-z]{8,9}-[0-9a-f]{64}$/;

const prefix = (settings: CookieSettings) => `${settings.cookiePrefix}wos-flow-`;

/** @returns A new state: 256 random bits, behind the time it was made. */
export function createState(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${now.toString(36)}-${hex}`;
}

/** @returns The `Set-Cookie` line that remembers a flow. */
export function flowCookie(settings: CookieSettings, state: string, sealed: string): string {
  return setCookie(settings, prefix(settings) + state, sealed, FLOW_LIFETIME_MS / 1000);
}

/** @returns The flow's cookie as the browser sent it, and its name; null where this browser has none for this state. */
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

/** @returns The line that spends a flow. */
export function spendFlow(settings: CookieSettings, name: string): string {
  return clearCookie(settings, name);
}

/** @returns The names of flow cookies that must go to make room for one more. */
export function staleFlowCookies(settings: CookieSettings, cookies: RequestCookies): string[] {
  const start = prefix(settings);
  const names = Object.keys(cookies).filter((name) => name.startsWith(start));
  // The time in front sorts them; what is not one of ours sorts as oldest.
  const age = (name: string) => (STATE.test(name.slice(start.length)) ? name : "");
  names.sort((a, b) => (age(a) < age(b) ? 1 : -1));
  return names.slice(MAX_FLOWS - 1);
}
