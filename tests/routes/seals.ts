/** Cookies opened and sealed again with the worker's own password, as time or a thief would change them. */
import { sealData, unsealData } from "iron-session";
import type { CookieJar } from "./cookie-jar.ts";

export const SESSION = "wos-session";
const CHUNKS = [0, 1, 2, 3];

/** Every name under which a session, or a part of it, may be stored. */
export const SESSION_NAMES = [SESSION, ...CHUNKS.map((index) => `${SESSION}.${index}`)];

/** Whether a cookie is the session, or a part of it. */
export const isSessionCookie = ({ name }: { name: string }) =>
  SESSION_NAMES.includes(name.replace(/^__Host-/, ""));

/** The sealed session that a browser holds, its chunks joined; "" where there is none. */
export function sessionSeal(jar: CookieJar): string {
  return jar.get(SESSION) ?? CHUNKS.map((index) => jar.get(`${SESSION}.${index}`) ?? "").join("");
}

/** Seals a value as a session cookie would be, with any password. */
export function seal(data: unknown, password: string): Promise<string> {
  return sealData(data, { password: { 1: password } });
}

export async function unseal(sealed: string, password: string): Promise<Record<string, unknown>> {
  return (await unsealData(sealed, { password: { 1: password }, ttl: 0 })) as Record<string, unknown>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a browser's session as old as if `ms` milliseconds had passed: every time in it, in seconds or
 * milliseconds, is moved into the past, and the whole sealed afresh.
 */
export async function grow(jar: CookieJar, ms: number, password: string): Promise<void> {
  const aged = older(await unseal(sessionSeal(jar), password), ms);
  for (const name of SESSION_NAMES) jar.delete(name);
  jar.put(SESSION, await seal(aged, password));
}

/** A value with every time in it moved `ms` milliseconds into the past. */
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
