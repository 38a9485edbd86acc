/** The cookies of sign-ins that are under way. */
import type { CookieJar, SetCookie } from "./cookie-jar.ts";
import { isSessionCookie, older, seal, unseal } from "./seals.ts";

/** Every flow cookie that a browser holds, the oldest first. */
export function flowCookies(jar: CookieJar): SetCookie[] {
  return jar.all().filter(isFlowCookie);
}

/** Whether a cookie belongs to a sign-in under way. They are all sealed, and no session. */
export function isFlowCookie(cookie: SetCookie): boolean {
  return (
    !isSessionCookie(cookie) && (cookie.value.startsWith("Fe26.2") || /flow|state|pkce/i.test(cookie.name))
  );
}

/** Makes every flow of a browser as old as if `ms` milliseconds had passed. */
export async function growFlows(jar: CookieJar, ms: number, password: string): Promise<void> {
  for (const { name, value, path } of flowCookies(jar)) {
    jar.put(name, await seal(older(await unseal(value, password), ms), password), path);
  }
}
