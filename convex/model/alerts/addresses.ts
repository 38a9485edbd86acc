/**
 * Webhook addresses: which URLs the functions may call. The app uses this file too, so it imports nothing.
 *
 * Only the text of the URL is checked. A name that resolves to a private address is not detected, because
 * functions cannot resolve names. Convex's network, in which they run, reaches no private service.
 */

const LONGEST_URL = 2_000;

/** Reserved IPv4 networks: address and length of the prefix (IANA's special-purpose registry). */
const RESERVED: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const LOCAL_NAMES = /^(?:.*\.)?(?:local|internal|localhost)$/;

/**
 * Checks the URL of a webhook.
 *
 * @param sent - Untrusted input.
 * @param allowLoopback - Whether receivers on this machine are allowed, as with a local Convex backend.
 * @returns The normalized URL, or what is wrong with it.
 */
export function webhookUrl(sent: string, allowLoopback: boolean): { url: string } | { problem: string } {
  const text = sent.trim();
  if (text.length > LONGEST_URL) return { problem: `Use a URL of at most ${LONGEST_URL} characters.` };
  if (!URL.canParse(text)) return { problem: "That is not a URL." };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return { problem: "Use a URL without a user name and password." };
  }
  if (url.href.length > LONGEST_URL) return { problem: `Use a URL of at most ${LONGEST_URL} characters.` };
  if (allowLoopback && isLoopback(url.hostname) && /^https?:$/.test(url.protocol)) return { url: url.href };
  if (url.protocol !== "https:") return { problem: "Use an https: URL." };
  return isPublic(url.hostname)
    ? { url: url.href }
    : { problem: "Use a public host: not a private or reserved address, and not a local name." };
}

/** Returns the URL of a Slack webhook, or what is wrong with it. */
export function slackUrl(sent: string): { url: string } | { problem: string } {
  const checked = webhookUrl(sent, false);
  if ("problem" in checked) return checked;
  const { hostname, port, pathname } = new URL(checked.url);
  return hostname === "hooks.slack.com" && port === "" && pathname !== "/"
    ? checked
    : { problem: "Use the URL that Slack shows: https://hooks.slack.com/…" };
}

/** Returns whether a `URL.hostname` is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || (IPV4.test(hostname) && /^127\./.test(hostname));
}

/** Returns whether a host may be public. `URL` writes every notation of an IPv4 address with four decimals. */
function isPublic(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicIPv6(hostname.slice(1, -1));
  const name = hostname.replace(/\.+$/, "");
  if (IPV4.test(name)) return !RESERVED.some(([network, length]) => isIn(name, network, length));
  return name.includes(".") && !LOCAL_NAMES.test(name);
}

function isIn(address: string, network: string, length: number): boolean {
  const size = 2 ** (32 - length);
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(network) / size);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * Returns whether an IPv6 address is global unicast (2000::/3) and outside its special blocks. Mapped,
 * compatible and translated IPv4 addresses are outside 2000::/3, so they count as not public.
 */
function isPublicIPv6(address: string): boolean {
  const [first = 0, second = 0] = address.split(":").map((part) => Number.parseInt(part || "0", 16));
  if (first < 0x2000 || first > 0x3fff) return false;
  // 2001::/23 (Teredo and protocols), documentation, and 6to4.
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false;
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000);
}
