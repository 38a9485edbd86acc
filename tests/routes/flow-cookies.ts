/** Flow cookies: the cookies of pending sign-ins. */
import type { CookieJar, SetCookie } from "./cookie-jar.ts";
import { isSessionCookie, older, seal, unseal } from "./seals.ts";

/**
 * Returns a browser's flow cookies.
 * @param jar - Cookies of the browser.
 * @returns The flow cookies, oldest first.
 */
export function flowCookies(jar: CookieJar): SetCookie[] {
  return jar.all().filter(isFlowCookie);
}

/**
 * Returns whether a cookie belongs to a pending sign-in.
 * @param cookie - Cookie.
 * @returns True for a flow cookie.
 */
export function isFlowCookie(cookie: SetCookie): boolean {
  return (
    !isSessionCookie(cookie) && (cookie.value.startsWith("Fe26.2") || /flow|state|pkce/i.test(cookie.name))
  );
}

/**
 * Ages all flow cookies of a browser.
 * @param jar - Cookies of the browser.
 * @param ms - Time to move into the past, in milliseconds.
 * @param password - Cookie password of the worker.
 */
export async function growFlows(jar: CookieJar, ms: number, password: string): Promise<void> {
  for (const { name, value, path } of flowCookies(jar)) {
    jar.put(name, await seal(older(await unseal(value, password), ms), password), path);
  }
}
