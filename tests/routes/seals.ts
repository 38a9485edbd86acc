/** Unseals, changes and reseals cookies with the worker's password. */
import { sealData, unsealData } from "iron-session";
import type { CookieJar } from "./cookie-jar.ts";

export const SESSION = "wos-session";
const CHUNKS = [0, 1, 2, 3];

/** Names of the session cookie and its chunks. */
export const SESSION_NAMES = [SESSION, ...CHUNKS.map((index) => `${SESSION}.${index}`)];

/** Returns whether a cookie is the session cookie or one of its chunks. */
export const isSessionCookie = ({ name }: { name: string }) =>
  SESSION_NAMES.includes(name.replace(/^__Host-/, ""));

/**
 * Returns a browser's sealed session.
 * @param jar - Cookies of the browser.
 * @returns The session with its chunks joined, or "" if there is none.
 */
export function sessionSeal(jar: CookieJar): string {
  return jar.get(SESSION) ?? CHUNKS.map((index) => jar.get(`${SESSION}.${index}`) ?? "").join("");
}

/**
 * Seals a value like a session cookie.
 * @param data - Value.
 * @param password - Cookie password.
 * @returns The sealed value.
 */
export function seal(data: unknown, password: string): Promise<string> {
  return sealData(data, { password: { 1: password } });
}

export async function unseal(sealed: string, password: string): Promise<Record<string, unknown>> {
  return (await unsealData(sealed, { password: { 1: password }, ttl: 0 })) as Record<string, unknown>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Ages a browser's session: moves every time in it into the past and reseals it.
 * @param jar - Cookies of the browser.
 * @param ms - Time to move into the past, in milliseconds.
 * @param password - Cookie password of the worker.
 */
export async function grow(jar: CookieJar, ms: number, password: string): Promise<void> {
  const aged = older(await unseal(sessionSeal(jar), password), ms);
  for (const name of SESSION_NAMES) jar.delete(name);
  jar.put(SESSION, await seal(aged, password));
}

/**
 * Moves every time in a value, in seconds or milliseconds, into the past.
 * @param value - Value.
 * @param ms - Time to move, in milliseconds.
 * @returns The changed copy.
 */
export function older(value: unknown, ms: number): unknown {
  if (Array.isArray(value)) return value.map((item) => older(item, ms));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, older(inner, ms)]));
  }
  if (typeof value !== "number") return value;
  const near = (milliseconds: number) => Math.abs(milliseconds - Date.now()) < 30 * DAY_MS;
  if (near(value)) return value - ms;
  return near(value * 1000) ? value - ms / 1000 : value;
}
