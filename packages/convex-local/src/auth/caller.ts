/** Who is calling, once that has been checked. */
import type { Identity } from "../backend.ts";

export type Caller = {
  identity: Identity | null;
  /** `internal`: the holder of the admin key, who may call internal functions too. */
  caller: "public" | "internal";
  /** When the token runs out, in Unix milliseconds; null for those who hold none. */
  expiresAt: number | null;
};

export const NOBODY: Caller = { identity: null, caller: "public", expiresAt: null };

export type AuthErrorCode = "InvalidAuthHeader" | "NoAuthProvider" | "Unauthenticated" | "BadAdminKey";

/** The caller is not who they say: asking again with the same token is useless. */
export class AuthError extends Error {
  override name = "AuthError";
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** It cannot be told now whether the caller is who they say: their provider's keys are out of reach. */
export class ProviderUnavailableError extends Error {
  override name = "ProviderUnavailableError";
}
