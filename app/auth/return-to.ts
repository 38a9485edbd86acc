/** Where a person goes after signing in: a path on this origin, or nowhere of their choosing. */

const BASE = "https://mosaic.invalid";
const MAX_LENGTH = 2000;

/** A backslash, or a character that browsers drop from URLs or that would break a header. */
const isUnsafe = (text: string) => [...text].some((c) => c === "\\" || c < " " || c === "\u007f");

/** Percent-decodes until nothing changes, so that a doubly encoded trick looks like the plain one. */
function decodeFully(text: string): string | null {
  let current = text;
  for (let round = 0; round < 5; round++) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      return null;
    }
    if (next === current) return current;
    current = next;
  }
  return null;
}

/** Paths that would start, finish or end a session again: never a place to return to. */
function isAuthPath(path: string): boolean {
  const plain = path.toLowerCase().replace(/\/{2,}/g, "/");
  return /^\/(api\/auth|callback)(\/|\.data|$)/.test(plain);
}

/**
 * Checks a `returnTo` by parsing it and building it again, never by its first characters.
 *
 * @param value What somebody asked for: untrusted.
 * @returns A path with its query and fragment on this origin, or null: another origin, `//`, a backslash, a control
 *   character or an encoded form of these, a path of the sign-in flow, or more than 2,000 characters.
 */
export function safeReturnTo(value: unknown): string | null {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > MAX_LENGTH) return null;
  if (isUnsafe(value)) return null;
  const url = URL.parse(value, BASE);
  if (url === null || url.origin !== BASE || url.pathname.includes("//")) return null;
  const decoded = decodeFully(url.pathname);
  if (decoded === null || isUnsafe(decoded) || decoded.includes("//")) return null;
  if (isAuthPath(url.pathname) || isAuthPath(decoded)) return null;
  return url.pathname + url.search + url.hash;
}

/** @returns `/login`, with what the page needs to know as its query. */
export function loginPath(params: { returnTo?: string | null; error?: string | null }): string {
  const query = new URLSearchParams();
  if (params.error) query.set("error", params.error);
  if (params.returnTo) query.set("returnTo", params.returnTo);
  return query.size > 0 ? `/login?${query}` : "/login";
}
