/**
 * Proof that a call comes from the worker. It travels instead of the secret that both sides share, so that
 * nothing that Convex prints grants access for long: HMAC-SHA-256 over function, time and arguments.
 */
import { convexToJson, type Value } from "convex/values";
import { sha256Hex } from "./hex.ts";
import { MINUTE_MS } from "./intervals.ts";

const VERSION = "mosaic.edge.v1";

/** How far the time of a proof may be from Convex's clock. */
const OLDEST_MS = 5 * MINUTE_MS;
const FARTHEST_AHEAD_MS = MINUTE_MS;

/** The argument `edge`: the time of the call in Unix ms, and the MAC in base64url without padding. */
export type EdgeProof = { at: number; mac: string };

type Args = Record<string, Value | undefined>;

/**
 * Creates the proof of one call.
 *
 * @param secret - The newest secret that both sides share.
 * @param path - The function: `module:export`.
 * @param args - The arguments without `edge`.
 * @param at - The time of the call, Unix ms.
 */
export async function proveCall(secret: string, path: string, args: Args, at: number): Promise<EdgeProof> {
  const key = await keyOf(secret, "sign");
  const mac = await crypto.subtle.sign("HMAC", key, await signedText(path, args, at));
  return { at, mac: base64url(new Uint8Array(mac)) };
}

/**
 * Returns whether a proof is valid now for this call.
 *
 * @param secrets - All secrets that are accepted.
 * @param edge - The argument `edge`. Untrusted input.
 * @param now - The current time, Unix ms.
 */
export async function isProven(
  secrets: readonly string[],
  edge: unknown,
  path: string,
  args: Args,
  now: number,
): Promise<boolean> {
  if (typeof edge !== "object" || edge === null || !("at" in edge) || !("mac" in edge)) return false;
  const { at, mac } = edge;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || typeof mac !== "string") return false;
  if (Object.keys(edge).length !== 2 || at < now - OLDEST_MS || at > now + FARTHEST_AHEAD_MS) return false;
  const bytes = bytesOf(mac);
  if (bytes === null) return false;
  const text = await signedText(path, args, at);
  // `verify` compares in constant time. All secrets are tried, so that the time does not tell which one fits.
  const results = await Promise.all(
    secrets.map(async (secret) => crypto.subtle.verify("HMAC", await keyOf(secret, "verify"), bytes, text)),
  );
  return results.includes(true);
}

/**
 * Returns the secrets in the value of `CONVEX_EDGE_SECRET`, newest first; empty if it is not valid. Either one
 * secret, or JSON such as `{"2":"new","1":"old"}`.
 *
 * @param shortest - Fewest characters of a secret.
 */
export function secretsIn(value: string, shortest: number): string[] {
  const secrets = value.trimStart().startsWith("{") ? fromMap(value) : [value];
  return secrets.every((secret) => typeof secret === "string" && secret.length >= shortest)
    ? (secrets as string[])
    : [];
}

function fromMap(json: string): unknown[] {
  try {
    const entries = Object.entries(JSON.parse(json) as object);
    return entries.sort(([a], [b]) => Number(b) - Number(a)).map(([, secret]) => secret);
  } catch {
    return [];
  }
}

async function signedText(path: string, args: Args, at: number): Promise<Uint8Array<ArrayBuffer>> {
  const json = JSON.stringify(convexToJson(args as Value));
  return new TextEncoder().encode([VERSION, path, String(at), await sha256Hex(json)].join("\n"));
}

function keyOf(secret: string, usage: "sign" | "verify") {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Returns the bytes of a MAC; null if it is not 43 characters of base64url. */
function bytesOf(mac: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{43}$/.test(mac)) return null;
  const binary = atob(`${mac.replaceAll("-", "+").replaceAll("_", "/")}=`);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
