/**
 * Document ids in Convex's format: 32 characters of Crockford's base 32 that encode the table number, 16 random bytes
 * and a checksum.
 */
import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS = new Map([...ALPHABET].map((digit, value) => [digit, value]));
const SHAPE = /^[0-9a-hjkmnp-tv-z]{32}$/;
const BYTES = 20;
const RANDOM_BYTES = 16;

/** Table numbers are two-byte varints, which keeps every id at 32 characters. */
export const FIRST_TABLE_NUMBER = 128;
export const LAST_TABLE_NUMBER = 16383;

const pool = Buffer.alloc(RANDOM_BYTES * 256);
let poolUsed = pool.length;

/**
 * Returns a new random id.
 *
 * @param table - The table number.
 * @throws {RangeError} when the number does not fit into two varint bytes.
 */
export function newId(table: number): string {
  if (table < FIRST_TABLE_NUMBER || table > LAST_TABLE_NUMBER)
    throw new RangeError(`Table number ${table} does not fit into an id.`);
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += RANDOM_BYTES;
  return idOf(table, pool.subarray(poolUsed - RANDOM_BYTES, poolUsed));
}

/** Returns the id with a table number and 16 other bytes. */
export function idOf(table: number, others: Uint8Array): string {
  const bytes = Buffer.alloc(BYTES);
  bytes[0] = (table & 0x7f) | 0x80;
  bytes[1] = table >> 7;
  bytes.set(others, 2);
  bytes.writeUInt16LE(checksum(bytes), BYTES - 2);
  return toBase32(bytes);
}

/** Returns the 16 bytes of an id without its table number. */
export function bytesOfId(id: string): Buffer {
  return fromBase32(id).subarray(2, 2 + RANDOM_BYTES);
}

/** Returns the table number in an id, or null if the string is not an id. */
export function tableOfId(id: string): number | null {
  if (!SHAPE.test(id)) return null;
  const bytes = fromBase32(id);
  if (bytes.readUInt16LE(BYTES - 2) !== checksum(bytes)) return null;
  const low = bytes[0] ?? 0;
  const high = bytes[1] ?? 0;
  if (low < 0x80 || high === 0 || high > 0x7f) return null;
  return (low & 0x7f) | (high << 7);
}

/** Returns an id with another table number. Used for imported documents, whose tables may have had other numbers. */
export function idInTable(id: string, table: number): string {
  return idOf(table, bytesOfId(id));
}

/** Fletcher's checksum over all but the last two bytes. */
function checksum(bytes: Buffer): number {
  let first = 0;
  let second = 0;
  for (let i = 0; i < BYTES - 2; i++) {
    first = (first + (bytes[i] ?? 0)) & 0xff;
    second = (second + first) & 0xff;
  }
  return (second << 8) | first;
}

function toBase32(bytes: Buffer): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

function fromBase32(text: string): Buffer {
  const bytes = Buffer.alloc(BYTES);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const digit of text) {
    held = (held << 5) | (DIGITS.get(digit) ?? 0);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}

/** Returns whether a string is a UUID, with or without hyphens. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}
