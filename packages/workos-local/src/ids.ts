/** Ids and secrets in the format of WorkOS: a prefix with a ULID, or an opaque string. */
import { createHash, randomBytes } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Returns a new id such as `user_01K…`: 10 characters of time, then 16 random ones (https://github.com/ulid/spec).
 *
 * @param prefix - The type, without the underscore.
 * @param now - Unix ms.
 */
export function newId(prefix: string, now: number = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time;
  let random = "";
  for (const byte of randomBytes(16)) random += CROCKFORD[byte % 32];
  return `${prefix}_${time}${random}`;
}

/** Returns an opaque secret of 32 random bytes that is safe in URLs. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Returns the hash that is stored instead of a secret. */
export function sha256(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
