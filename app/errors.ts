/** The errors that the app tells apart, as a typed family. */

/** How WorkOS failed: the grant is over for good, it refused for another reason, or it did not answer usably. */
export type WorkOSFailureKind = "invalid_grant" | "refused" | "unavailable";

/** A call to WorkOS that failed. It carries no part of WorkOS's answer but its code: bodies can hold pending tokens. */
export class WorkOSFailure extends Error {
  override readonly name = "WorkOSFailure";
  readonly kind: WorkOSFailureKind;
  readonly status: number | null;
  readonly code: string | null;

  constructor(kind: WorkOSFailureKind, status: number | null = null, code: string | null = null) {
    super(`WorkOS: ${kind}${code ? ` (${code})` : ""}`);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

/** The codes of `ConvexError({ code, message })` that our functions refuse with. */
export type RefusalCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited";

/** A Convex function said no, in words for the person who asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** How a call to Convex failed: it does not take the token, the function itself broke, or it did not answer usably. */
export type ConvexFailureKind = "unauthorized" | "function_failed" | "unavailable";

/** A call to Convex without an answer. Never carries Convex's own message, which may print the arguments. */
export class ConvexFailure extends Error {
  override readonly name = "ConvexFailure";
  readonly kind: ConvexFailureKind;
  readonly status: number | null;

  constructor(kind: ConvexFailureKind, status: number | null = null) {
    super(`Convex: ${kind}${status ? ` (${status})` : ""}`);
    this.kind = kind;
    this.status = status;
  }
}
