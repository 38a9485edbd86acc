/** Database times as the sync protocol writes them: eight bytes, smallest first, in base64. */
import type { Timestamp } from "../backend.ts";

/** The text for a time, as `u64ToLong` of the client reads it. */
export function encodeTimestamp(ts: Timestamp): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}

/** The time in a text, or null where it is not one. */
export function decodeTimestamp(text: string): Timestamp | null {
  if (!/^[A-Za-z0-9+/]{11}=$/.test(text)) return null;
  return Buffer.from(text, "base64").readBigUInt64LE();
}
