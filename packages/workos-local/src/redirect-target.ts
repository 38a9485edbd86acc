/** Where a browser may be sent: this machine only, unless an address is registered. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The address to redirect to, or null where it may not be.
 * @param value an absolute http(s) URL
 * @param registered exact addresses that are allowed, as WorkOS's dashboard lists them; null: any on this machine
 */
export function redirectTarget(value: string, registered: readonly string[] | null = null): URL | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  if (registered) return registered.includes(value) ? url : null;
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  if (url.username || url.password || !LOOPBACK.has(url.hostname)) return null;
  return url;
}
