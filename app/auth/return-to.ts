/** Where a person goes after signing in: a path on this origin, or nowhere of their choosing. */

const BASE = "https://mosaic.invalid";
const MAX_LENGTH = 2000;

/** A backslash, or a control character: browsers drop some of them from URLs, others would break a header. */
const UNSAFE = /[\\\p{Cc}]/u;
const CONTROL = /\p{Cc}/u;

/** An encoded ASCII or C1 character. */
const ENCODED = /%([0-7][\da-f])|%c2%([89][\da-f])/gi;

/** Decodes ASCII and C1 characters until nothing changes, so that a doubly encoded trick looks like the plain one. */
function decodeFully(text: string): string {
  for (let current = text; ; ) {
    const next = current.replace(ENCODED, (_, ascii?: string, c1?: string) =>
      String.fromCharCode(Number.parseInt(ascii ?? c1 ?? "", 16)),
    );
    if (next === current) return current;
    current = next;
  }
}

/** Returns whether the percent-encoding of a path stands for text. */
function isDecodable(path: string): boolean {
  try {
    // The result is looked at, because the minifier takes a bare call for one without effect.
    return decodeURIComponent(path).startsWith("/");
  } catch {
    return false;
  }
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
  // Also in the query and the fragment, where an encoded slash or backslash is only text.
  if (UNSAFE.test(value) || CONTROL.test(decodeFully(value))) return null;
  const url = URL.parse(value, BASE);
  if (url === null || url.origin !== BASE || url.pathname.includes("//")) return null;
  const decoded = decodeFully(url.pathname);
  if (!isDecodable(url.pathname) || UNSAFE.test(decoded) || decoded.includes("//")) return null;
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
