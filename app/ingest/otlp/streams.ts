/** Identities of resources and streams: keyed hashes of attributes that are not stored. */
import { type Attributes, type AttributeValue, OtherValue, type Scope } from "./data.ts";
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
  let text = "";
  let before = "";
  for (const [key, value] of attributes) {
    if (text !== "" && key <= before) return sortedText(attributes);
    before = key;
    text += partOf(key, value);
  }
  return text;
}

function sortedText(attributes: Attributes): string {
  return attributes
    .map(([key, value]) => ({ key, part: partOf(key, value) }))
    .sort((a, b) => (a.key === b.key ? (a.part < b.part ? -1 : 1) : a.key < b.key ? -1 : 1))
    .map(({ part }) => part)
    .join("");
}

function partOf(key: string, value: AttributeValue): string {
  if (typeof value === "string") return `${sized(key)}s${sized(value)}`;
  if (value instanceof OtherValue) return `${sized(key)}o${sized(value.text)}`;
  return `${sized(key)}${typeof value}${sized(String(value))}`;
}

export function scopeText({ name, version, attributes }: Scope): string {
  return sized(name) + sized(version) + attributesText(attributes);
}

/** Returns a text with its length, so that texts next to each other cannot be confused. */
export function sized(text: string): string {
  return `${text.length}:${text}`;
}
