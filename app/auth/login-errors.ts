/** Codes of `/login?error=CODE` and their messages. */
import type { EndReason } from "./session.ts";

/** Why a sign-in failed. */
export type SignInErrorCode =
  | "access_denied"
  | "sign_in_failed"
  | "missing_code"
  | "started_elsewhere"
  | "state_mismatch"
  | "expired_code";

export type LoginErrorCode = SignInErrorCode | EndReason;

const MESSAGES: Record<LoginErrorCode, string> = {
  access_denied: "You chose not to sign in. You can try again whenever you like.",
  sign_in_failed:
    "Signing in did not work. Please try again; if it keeps failing, ask the person who runs this Mosaic.",
  missing_code: "That sign-in came back incomplete. Please start again.",
  started_elsewhere:
    "That sign-in was started outside this app, so it cannot be finished here. Continue to sign in from this app.",
  state_mismatch:
    "That sign-in was started elsewhere, took too long, or was finished already. Please start again.",
  expired_code: "That sign-in took too long or was used already. Please start again.",
  session_expired: "Your session has ended. Please sign in again.",
  session_revoked: "This session was ended, here or on another device. Please sign in again.",
};

const COOKIES_BLOCKED =
  "Cookies seem to be blocked in this browser, so signing in cannot work. Allow them for this site and try again.";

/**
 * Returns the message for an error code.
 *
 * @param code - Untrusted `error` parameter of the URL.
 * @param hasCookies - Whether the request has any cookie.
 */
export function loginErrorMessage(code: string, hasCookies: boolean): string {
  if (code === "state_mismatch" && !hasCookies) return COOKIES_BLOCKED;
  return isLoginErrorCode(code) ? MESSAGES[code] : "Signing in did not work. Please try again.";
}

function isLoginErrorCode(code: string): code is LoginErrorCode {
  return Object.hasOwn(MESSAGES, code);
}
