/** Reading and writing our own cookies: names, attributes, and the session's chunks. */
import { parseCookie, stringifySetCookie } from "cookie";
import type { Env } from "../env.server.ts";

/** The cookies of one request. */
export type RequestCookies = Readonly<Record<string, string | undefined>>;

/** What the cookies' attributes depend on. */
export type CookieSettings = Pick<Env, "cookiePrefix" | "secure">;

/** Browsers drop a `Set-Cookie` over this size, attributes included. RFC 6265bis, section 5.7. */
const MAX_COOKIE_BYTES = 4096;

/** As iron-session: more would be refused by the proxies in between. */
const MAX_CHUNKS = 4;

/** @returns Every cookie of a request; none where the header is absent or unreadable. */
export function readCookies(request: Request): RequestCookies {
  return parseCookie(request.headers.get("Cookie") ?? "");
}

/** @returns One `Set-Cookie` line for a cookie of ours: httpOnly unless said, SameSite=Lax, for the whole site. */
export function setCookie(
  settings: CookieSettings,
  name: string,
  value: string,
  maxAgeSeconds: number,
  { httpOnly = true } = {},
): string {
  return stringifySetCookie({
    name,
    value,
    path: "/",
    httpOnly,
    sameSite: "lax",
    secure: settings.secure,
    maxAge: maxAgeSeconds,
  });
}

/** @returns The `Set-Cookie` line that makes a browser forget a cookie that `setCookie` wrote. */
export function clearCookie(settings: CookieSettings, name: string): string {
  return setCookie(settings, name, "", 0);
}

const sessionName = (settings: CookieSettings) => `${settings.cookiePrefix}wos-session`;
const chunkNames = (settings: CookieSettings) =>
  Array.from({ length: MAX_CHUNKS }, (_, index) => `${sessionName(settings)}.${index}`);

/** @returns The sealed session of a request, joined from its chunks where there are any, or null. */
export function readSessionCookie(settings: CookieSettings, cookies: RequestCookies): string | null {
  const whole = cookies[sessionName(settings)];
  if (whole) return whole;
  let joined = "";
  for (const name of chunkNames(settings)) {
    const chunk = cookies[name];
    if (!chunk) break;
    joined += chunk;
  }
  return joined || null;
}

/** Whether a request brought a session cookie of ours, or a part of one. */
export function hasSessionCookie(settings: CookieSettings, cookies: RequestCookies): boolean {
  return [sessionName(settings), ...chunkNames(settings)].some((name) => cookies[name] !== undefined);
}

/**
 * The `Set-Cookie` lines that store a sealed session, in one cookie or in up to four; each form clears what the other
 * left in this browser, for a stale one would shadow it.
 *
 * @returns null where the session is too big to be kept.
 */
export function writeSessionCookie(
  settings: CookieSettings,
  cookies: RequestCookies,
  sealed: string,
  maxAgeSeconds: number,
): string[] | null {
  const name = sessionName(settings);
  const names = chunkNames(settings);
  const overhead = (cookie: string) => setCookie(settings, cookie, "", maxAgeSeconds).length;

  let written: [name: string, value: string][];
  if (overhead(name) + sealed.length <= MAX_COOKIE_BYTES) {
    written = [[name, sealed]];
  } else {
    const room = MAX_COOKIE_BYTES - overhead(`${name}.0`);
    if (sealed.length > room * MAX_CHUNKS) return null;
    written = names
      .map((chunk, index): [string, string] => [chunk, sealed.slice(index * room, (index + 1) * room)])
      .filter(([, value]) => value !== "");
  }
  const kept = new Set(written.map(([cookie]) => cookie));
  const stale = [name, ...names].filter((cookie) => cookies[cookie] !== undefined && !kept.has(cookie));
  return [
    ...written.map(([cookie, value]) => setCookie(settings, cookie, value, maxAgeSeconds)),
    ...stale.map((cookie) => clearCookie(settings, cookie)),
  ];
}

/** @returns The lines that sign this browser out: the whole cookie, and each chunk that it sent. */
export function clearSessionCookie(settings: CookieSettings, cookies: RequestCookies): string[] {
  const chunks = chunkNames(settings).filter((name) => cookies[name] !== undefined);
  return [sessionName(settings), ...chunks].map((name) => clearCookie(settings, name));
}
