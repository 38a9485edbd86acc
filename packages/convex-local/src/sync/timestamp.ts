/** Timestamps of the sync protocol: eight bytes, little-endian, in base64. */
import type { Timestamp } from "../backend.ts";

/** Encodes a timestamp, as `u64ToLong` of the client decodes it. */
export function encodeTimestamp(ts: Timestamp): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}

/** Decodes a timestamp, or returns null if the text is not one. */
export function decodeTimestamp(text: string): Timestamp | null {
  if (!/^[A-Za-z0-9+/]{11}=$/.test(text)) return null;
  return Buffer.from(text, "base64").readBigUInt64LE();
}
