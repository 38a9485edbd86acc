/** Identities of resources and streams: keyed hashes of attributes that are not stored. */
import { type Attributes, OtherValue, type Scope } from "./data.ts";
import { type KeyedHash, keyedHash } from "./keyed-hash.ts";

const hashes = new Map<string, KeyedHash>();

/**
 * Returns the hash function of this installation.
 *
 * @param secret - A secret of the worker.
 */
export async function hashOf(secret: string): Promise<KeyedHash> {
  const known = hashes.get(secret);
  if (known !== undefined) return known;
  const bytes = new TextEncoder().encode(`mosaic.otlp.v1\n${secret}`);
  const hash = keyedHash(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  hashes.clear();
  hashes.set(secret, hash);
  return hash;
}

/** Returns text that identifies attributes, whatever their order. */
export function attributesText(attributes: Attributes): string {
  const parts: string[] = [];
  for (const [key, value] of attributes) {
    const isOther = value instanceof OtherValue;
    parts.push(sized(key) + (isOther ? "other" : typeof value) + sized(isOther ? value.text : String(value)));
  }
  return parts.sort().join("");
}

export function scopeText({ name, version, attributes }: Scope): string {
  return sized(name) + sized(version) + attributesText(attributes);
}

/** Returns a text with its length, so that texts next to each other cannot be confused. */
export function sized(text: string): string {
  return `${text.length}:${text}`;
}
