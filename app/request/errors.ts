/** Typed errors of calls to WorkOS and Convex. */
import type { BarReason } from "../../convex/model/entryRule.ts";
import type { RejectionCode } from "../../convex/model/rejection.ts";

/** Keeps only the name of what was thrown, because its message can contain arguments and tokens. */
function causeOf(thrown: unknown): ErrorOptions {
  return thrown instanceof Error ? { cause: thrown.name } : {};
}

/** Maximum length of an issuer in the log, in characters. */
const MAX_ISSUER = 200;

/**
 * How WorkOS failed: the code or refresh token is invalid; the call was rejected; our configuration or request is
 * wrong; or there was no usable response.
 */
export type WorkOSCallErrorKind = "invalid_grant" | "rejected" | "misconfigured" | "unavailable";

/** A failed call to WorkOS. Keeps only the response's code, because bodies can contain pending tokens. */
export class WorkOSCallError extends Error {
  override readonly name = "WorkOSCallError";
  readonly kind: WorkOSCallErrorKind;
  readonly status: number | null;
  readonly code: string | null;

  constructor(
    kind: WorkOSCallErrorKind,
    status: number | null = null,
    code: string | null = null,
    thrown?: unknown,
  ) {
    super(`WorkOS: ${kind}${code ? ` (${code})` : ""}`, causeOf(thrown));
    this.kind = kind;
    this.status = status;
    this.code = code;
  }

  /** The fields for a log line. */
  get fields(): Record<string, string | number | null> {
    return { status: this.status, code: this.code };
  }
}

/** What a rejection of a code or a refresh token says beside its code. */
type GrantErrorDetails = {
  /** WorkOS wants no further call for this long, in milliseconds. */
  retryAfterMs: number | null;
  /** Single sign-on connections of which the user must use one. */
  connectionIds: readonly string[];
  /** Organizations of which the user must choose one. */
  organizationIds: readonly string[];
};

/** A code or a refresh token that WorkOS did not exchange. */
export class GrantError extends WorkOSCallError {
  readonly details: GrantErrorDetails;

  constructor(kind: WorkOSCallErrorKind, status: number, code: string | null, details: GrantErrorDetails) {
    super(kind, status, code);
    this.details = details;
  }
}

/** An access token of an issuer that is not accepted. Its value is not a secret, and shows what to configure. */
export class RejectedIssuerError extends WorkOSCallError {
  readonly issuer: string | null;

  constructor(issuer: unknown) {
    super("unavailable", 200, "unusable_token");
    this.issuer = typeof issuer === "string" ? issuer.slice(0, MAX_ISSUER) : null;
  }

  override get fields() {
    return { ...super.fields, iss: this.issuer };
  }
}

/** A call that a Convex function rejected, with a message for the user. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";
  readonly code: RejectionCode;
  /** Why the user may not enter, if that is the cause. */
  readonly reason: BarReason | null;

  constructor(code: RejectionCode, message: string, reason: BarReason | null = null) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** How Convex failed: the token was rejected, the function threw, or there was no usable response. */
export type ConvexCallErrorKind = "unauthorized" | "function_failed" | "unavailable";

/** A failed call to Convex. Convex's message is not kept, because it may contain the arguments. */
export class ConvexCallError extends Error {
  override readonly name = "ConvexCallError";
  readonly kind: ConvexCallErrorKind;
  readonly status: number | null;

  constructor(kind: ConvexCallErrorKind, status: number | null = null, thrown?: unknown) {
    super(`Convex: ${kind}${status ? ` (${status})` : ""}`, causeOf(thrown));
    this.kind = kind;
    this.status = status;
  }
}
