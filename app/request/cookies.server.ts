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

/** Maximum number of ways in which chunks are joined. */
const MAX_JOINED = 8;

/** Returns all values of a cookie: a parent domain or another path can add one of the same name. */
function valuesOf(header: string, name: string): string[] {
  const values = header.split(";").map((pair) => parseCookie(pair)[name]);
  return [...new Set(values.filter((value) => value !== undefined && value !== ""))] as string[];
}

/**
 * Returns the possible sealed sessions of a request: each value of the session cookie, and the ways to join its
 * chunks.
 *
 * @param header - The `Cookie` header.
 */
export function readSessionCookies(settings: CookieSettings, header: string): string[] {
  const name = sessionName(settings);
  if (!header.includes(name)) return [];
  const whole = valuesOf(header, name);
  if (!header.includes(`${name}.0`)) return whole;
  const joined: string[] = [];
  let starts = [""];
  for (const chunk of chunkNames(settings)) {
    const values = valuesOf(header, chunk);
    if (values.length === 0) break;
    starts = starts.flatMap((start) => values.map((value) => start + value)).slice(0, MAX_JOINED);
    // The longest first: fewer chunks are the session only if another site added one.
    joined.unshift(...starts);
  }
  return [...whole, ...joined.slice(0, MAX_JOINED)];
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
