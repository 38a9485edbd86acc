/** An authenticated caller, and the errors of authentication. */
import type { Identity } from "../backend.ts";

export type Caller = {
  identity: Identity | null;
  /** `internal` for holders of the admin key, who may also call internal functions. */
  caller: "public" | "internal";
  /** Expiry of the token in Unix milliseconds; null without a token. */
  expiresAt: number | null;
};

export const ANONYMOUS: Caller = { identity: null, caller: "public", expiresAt: null };

export type AuthErrorCode = "InvalidAuthHeader" | "NoAuthProvider" | "Unauthenticated" | "BadAdminKey";

/** The token or the admin key is invalid. A retry with the same one is useless. */
export class AuthError extends Error {
  override name = "AuthError";
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The token cannot be verified now because the keys of its provider cannot be fetched. A retry may help. */
export class ProviderUnavailableError extends Error {
  override name = "ProviderUnavailableError";
}
