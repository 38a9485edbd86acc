/** Lifetime of a session. The app uses it too, so this file imports nothing. */

/** Sessions expire this long after sign-in, in ms, even if they are refreshed. */
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;
