/** PKCE (RFC 7636) with S256: a code is valid only with the verifier of its challenge. */
import { sha256 } from "./ids.ts";

/** Returns whether a value is a challenge: the base64url of a SHA-256, 43 characters. */
export function isChallenge(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** Returns whether `verifier` is valid (section 4.1) and matches `challenge`. */
export function verifierMatches(verifier: string, challenge: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && sha256(verifier) === challenge;
}
