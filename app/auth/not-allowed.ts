/** Texts and log fields of a sign-in by a user who may not enter. */
import type { BarReason } from "../../convex/model/entryRule.ts";

/** Completes the sentence "{email} may not use this Mosaic: …". */
export const BAR_TEXTS: Readonly<Record<BarReason, string>> = {
  organization: "not a member of its organization",
  unverified: "verify your email at WorkOS, then sign in again",
  domain: "the address is not in an allowed domain",
  suspended: "the account is suspended",
  deleted: "the account was deleted",
};

/** The reasons as the log names them. */
export const LOGGED_REASONS: Readonly<Record<BarReason, string>> = {
  organization: "organization",
  unverified: "email",
  domain: "email",
  suspended: "suspended",
  deleted: "deleted",
};
