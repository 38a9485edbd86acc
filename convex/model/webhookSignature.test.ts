import { expect, test } from "vitest";
import { toHex } from "./hex.ts";
import { isFromWorkOS } from "./webhookSignature.ts";

const SECRET = "whsec_of_the_test";
const NOW = 1_790_000_000_000;
const BODY = new TextEncoder().encode('{"id":"event_1"}');

async function sign(timestamp: number | string, body = BODY, secret = SECRET): Promise<string> {
  const text = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(secret), hmac, false, ["sign"]);
  const signed = text.encode(`${timestamp}.${new TextDecoder().decode(body)}`);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  return toHex(signature);
}

test("accepts a valid recent signature, with any spacing in the header", async () => {
  const signature = await sign(NOW);
  for (const header of [
    `t=${NOW}, v1=${signature}`,
    `t=${NOW},v1=${signature}`,
    ` t=${NOW} , v1=${signature} `,
  ]) {
    expect(await isFromWorkOS(header, BODY, SECRET, NOW + 1000)).toBe(true);
  }
});

test("rejects a timestamp more than five minutes in the past or future", async () => {
  const header = `t=${NOW}, v1=${await sign(NOW)}`;
  const minutes = 60_000;
  expect(await isFromWorkOS(header, BODY, SECRET, NOW + 5 * minutes)).toBe(true);
  expect(await isFromWorkOS(header, BODY, SECRET, NOW + 5 * minutes + 1)).toBe(false);
  expect(await isFromWorkOS(header, BODY, SECRET, NOW - 5 * minutes - 1)).toBe(false);
});

test("rejects a signature of another body, timestamp or secret", async () => {
  const signature = await sign(NOW);
  const other = new TextEncoder().encode('{"id":"event_2"}');
  expect(await isFromWorkOS(`t=${NOW}, v1=${signature}`, other, SECRET, NOW)).toBe(false);
  expect(await isFromWorkOS(`t=${NOW + 1}, v1=${signature}`, BODY, SECRET, NOW)).toBe(false);
  expect(await isFromWorkOS(`t=${NOW}, v1=${signature}`, BODY, "another", NOW)).toBe(false);
});

test.each([
  null,
  "",
  "v1=00",
  `t=${NOW}`,
  `t=${NOW}, v1=zz`,
  `t=, v1=${"0".repeat(64)}`,
  `t=1e3, v1=${"0".repeat(64)}`,
])("rejects the header %j", async (header) => {
  expect(await isFromWorkOS(header, BODY, SECRET, NOW)).toBe(false);
});
