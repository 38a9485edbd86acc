/** Validates `returnTo`, the path to open after sign-in. */
import { href } from "react-router";
import type { LoginErrorCode } from "./login-errors.ts";
import type { Requirement } from "./sign-in-requirements.ts";

const BASE = "https://mosaic.invalid";
const MAX_LENGTH = 2000;

/** Backslashes and control characters. Browsers strip some from URLs; others would break a header. */
const UNSAFE = /[\\\p{Cc}]/u;
const CONTROL = /\p{Cc}/u;

/** An encoded ASCII or C1 character. */
const ENCODED = /%([0-7][\da-f])|%c2%([89][\da-f])/gi;

/** Decodes ASCII and C1 characters repeatedly, to detect characters that are encoded more than once. */
function decodeFully(text: string): string {
  for (let current = text; ; ) {
    const next = current.replace(ENCODED, (_, ascii?: string, c1?: string) =>
      String.fromCharCode(Number.parseInt(ascii ?? c1 ?? "", 16)),
    );
    if (next === current) return current;
    current = next;
  }
}

/** Returns whether a path has valid percent-encoding. */
function isDecodable(path: string): boolean {
  try {
    // The minifier removes the call if its result is unused.
    return decodeURIComponent(path).startsWith("/");
  } catch {
    return false;
  }
}

/** Returns whether a path belongs to the sign-in flow. Returning there would start or end a session again. */
function isAuthPath(path: string): boolean {
  const plain = path.toLowerCase().replace(/\/{2,}/g, "/");
  return /^\/(api\/auth|callback)(\/|\.data|$)/.test(plain);
}

/**
 * Returns a safe `returnTo`. Parses and rebuilds the URL, because checking prefixes misses encoded attacks.
 *
 * @param value - Untrusted input.
 * @returns Path, query and fragment on this origin. Null for another origin, `//`, a backslash, a control
 *   character, an encoded form of these, a path of the sign-in flow, or more than 2,000 characters.
 */
export function safeReturnTo(value: unknown): string | null {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > MAX_LENGTH) return null;
  // Includes query and fragment. Encoded slashes and backslashes are only checked in the path, below.
  if (UNSAFE.test(value) || CONTROL.test(decodeFully(value))) return null;
  const url = URL.parse(value, BASE);
  if (url === null || url.origin !== BASE || url.pathname.includes("//")) return null;
  const decoded = decodeFully(url.pathname);
  if (!isDecodable(url.pathname) || UNSAFE.test(decoded) || decoded.includes("//")) return null;
  if (isAuthPath(url.pathname) || isAuthPath(decoded)) return null;
  const rebuilt = url.pathname + url.search + url.hash;
  // Percent-encoding makes it longer, and it has to fit into a cookie.
  return rebuilt.length > MAX_LENGTH ? null : rebuilt;
}

/** Returns the path that starts a sign-in, with `returnTo` and further parameters in its query. */
export function signInPath(returnTo: string | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(returnTo !== null && { returnTo }), ...more });
  return href("/api/auth/login") + (query.size > 0 ? `?${query}` : "");
}

/** Returns the path of the sign-in page, with `error`, `returnTo` and what WorkOS requires in its query. */
export function loginPath(
  params: { returnTo?: string | null; error?: LoginErrorCode | null } & Partial<Requirement>,
): string {
  const query = new URLSearchParams();
  if (params.error) query.set("error", params.error);
  if (params.returnTo) query.set("returnTo", params.returnTo);
  if (params.reason) query.set("reason", params.reason);
  if (params.connectionId) query.set("connectionId", params.connectionId);
  for (const id of params.organizationId ?? []) query.append("organizationId", id);
  return href("/login") + (query.size > 0 ? `?${query}` : "");
}
