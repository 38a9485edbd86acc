/**
 * Signature check of WorkOS webhooks.
 *
 * The header is `t=<Unix ms>, v1=<hex>`; the hex part is the HMAC-SHA256 of `<t>.<body>` with the secret of
 * the endpoint (https://workos.com/docs/events/data-syncing/webhooks).
 */
import { fromHex } from "./hex.ts";

const OLDEST_MS = 5 * 60 * 1000;

/**
 * Returns whether a webhook was signed by WorkOS, at most five minutes from now.
 *
 * @param header - The `WorkOS-Signature` header.
 * @param body - The bytes of the body as received.
 * @param secret - The secret of the endpoint.
 * @param now - The current time in Unix ms.
 */
export async function isFromWorkOS(
  header: string | null,
  body: Uint8Array<ArrayBuffer>,
  secret: string,
  now: number,
) {
  const parsed = /^\s*t=(\d{1,16})\s*,\s*v1=([0-9a-f]{64})\s*$/i.exec(header ?? "");
  if (parsed === null) return false;
  const [, timestamp = "", signature = ""] = parsed;
  if (Math.abs(now - Number(timestamp)) > OLDEST_MS) return false;

  const text = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    text.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const prefix = text.encode(`${timestamp}.`);
  const signed = new Uint8Array(prefix.length + body.length);
  signed.set(prefix);
  signed.set(body, prefix.length);
  // `verify` compares in constant time.
  return await crypto.subtle.verify("HMAC", key, fromHex(signature), signed);
}
