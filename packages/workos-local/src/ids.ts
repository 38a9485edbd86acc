/** Ids and secrets in the form that WorkOS gives them: a prefix and a ULID, or an opaque string. */
import { createHash, randomBytes } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A new id such as `user_01K…`: 10 characters of time, then 16 random ones (https://github.com/ulid/spec).
 * @param prefix what it names, without the underscore
 * @param now Unix ms
 */
export function newId(prefix: string, now: number = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time;
  let random = "";
  for (const byte of randomBytes(16)) random += CROCKFORD[byte % 32];
  return `${prefix}_${time}${random}`;
}

/** An opaque secret of 32 random bytes, fit for a URL. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored in place of a secret. */
export function sha256(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
