/** Typed errors of calls to WorkOS and Convex. */
import type { BarReason } from "../../convex/model/entryRule.ts";
import type { RejectionCode } from "../../convex/model/rejection.ts";

/** Keeps only the name of what was thrown, because its message can contain arguments and tokens. */
function causeOf(thrown: unknown): ErrorOptions {
  return thrown instanceof Error ? { cause: thrown.name } : {};
}

/** How WorkOS failed: the grant is invalid, the call was rejected, or there was no usable response. */
export type WorkOSCallErrorKind = "invalid_grant" | "rejected" | "unavailable";

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
