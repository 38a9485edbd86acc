/** Reads, writes and clears the app's cookies, and splits the session cookie into chunks. */
import { parseCookie, stringifySetCookie } from "cookie";
import type { Env } from "./env.server.ts";

/** The cookies of one request, by name. */
export type RequestCookies = Readonly<Record<string, string | undefined>>;

/** The settings that determine cookie names and attributes. */
export type CookieSettings = Pick<Env, "cookiePrefix" | "secure">;

/** Browsers drop a larger `Set-Cookie`, attributes included. RFC 6265bis, section 5.7. */
const MAX_COOKIE_BYTES = 4096;

/** Same limit as iron-session: proxies reject larger request headers. */
const MAX_CHUNKS = 4;

/** Returns the cookies of a request; empty if the header is absent or malformed. */
export function readCookies(request: Request): RequestCookies {
  return parseCookie(request.headers.get("Cookie") ?? "");
}

/**
 * Returns a `Set-Cookie` line with `Path=/`, `SameSite=Lax` and, by default, `HttpOnly`.
 *
 * @param maxAgeSeconds - Lifetime in seconds.
 */
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

/** Returns the `Set-Cookie` line that deletes a cookie written by `setCookie`. */
export function clearCookie(settings: CookieSettings, name: string): string {
  return setCookie(settings, name, "", 0);
}

const sessionName = (settings: CookieSettings) => `${settings.cookiePrefix}wos-session`;
const chunkNames = (settings: CookieSettings) =>
  Array.from({ length: MAX_CHUNKS }, (_, index) => `${sessionName(settings)}.${index}`);

/** Returns the sealed session of a request, joined from its chunks, or null if there is none. */
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

/** Returns whether a request has a session cookie or any chunk of one. */
export function hasSessionCookie(settings: CookieSettings, cookies: RequestCookies): boolean {
  return [sessionName(settings), ...chunkNames(settings)].some((name) => cookies[name] !== undefined);
}

/**
 * Returns the `Set-Cookie` lines that store a sealed session in one cookie or in up to four chunks. They also
 * clear unused cookies, because a stale one would shadow the new session.
 *
 * @param cookies - The cookies of the request, to find stale ones.
 * @param maxAgeSeconds - Lifetime in seconds.
 * @returns The lines, or null if the session is too large.
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

/** Returns the `Set-Cookie` lines that delete the session cookie and each chunk that the request sent. */
export function clearSessionCookie(settings: CookieSettings, cookies: RequestCookies): string[] {
  const chunks = chunkNames(settings).filter((name) => cookies[name] !== undefined);
  return [sessionName(settings), ...chunks].map((name) => clearCookie(settings, name));
}
