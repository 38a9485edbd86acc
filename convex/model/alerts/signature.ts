/** Signature of webhooks, as Standard Webhooks defines it (https://www.standardwebhooks.com). */

const PREFIX = "whsec_";
const SECRET_BYTES = 32;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** Returns a new secret of a receiver. */
export function newSecret(): string {
  return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/**
 * Returns the headers that prove the sender of a request.
 *
 * @param id - The value of the header `webhook-id`.
 * @param now - Time of the attempt in Unix ms.
 */
export async function signature(secret: string, id: string, body: string, now: number) {
  const bytes = Uint8Array.from(atob(secret.slice(PREFIX.length)), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign"]);
  const timestamp = `${Math.floor(now / 1000)}`;
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
  return { "webhook-timestamp": timestamp, "webhook-signature": `v1,${toBase64(mac)}` };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
