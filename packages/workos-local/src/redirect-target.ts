/** Validates redirect addresses: only loopback addresses, or the registered ones. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Returns the address to redirect to, or null if it is not allowed.
 *
 * @param value - An absolute http(s) URL.
 * @param registered - Allowed addresses, as in WorkOS's dashboard; null for any loopback address.
 */
export function redirectTarget(value: string, registered: readonly string[] | null = null): URL | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  if (registered) return registered.includes(value) ? url : null;
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  if (url.username || url.password || !LOOPBACK.has(url.hostname)) return null;
  return url;
}
