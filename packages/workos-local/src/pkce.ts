/** PKCE (RFC 7636), S256 only: a code is good only with the verifier that its challenge was made from. */
import { sha256 } from "./ids.ts";

/** A challenge is the base64url of a SHA-256: 43 characters. */
export function isChallenge(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** Whether `verifier` is one (section 4.1) and belongs to `challenge`. */
export function verifierFits(verifier: string, challenge: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && sha256(verifier) === challenge;
}
