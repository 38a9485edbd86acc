/** Validation of user input: names, pictures, e-mails and time zones. */
import { nameProblem, personNameProblem } from "./names.ts";
import { rejection } from "./rejection.ts";
import { isTimeZone, TIME_ZONE_PROBLEM } from "./timeZones.ts";

const LONGEST_URL = 2000;

/** Returns the e-mail as it is stored and compared everywhere: trimmed and lower-cased. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

// agents:start
/**
 * Returns the normalized e-mail. Only the form is checked; WorkOS verifies the address.
 *
 * @throws `invalid` if it is not an e-mail address.
 */
export function requireEmail(email: string): string {
  const normalized = normalizeEmail(email);
  if (normalized.length > 254 || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(normalized)) {
    throw rejection("invalid", "That is not an e-mail address.");
  }
  return normalized;
}

/**
 * Returns the trimmed name of a project or API key: 1 to 100 characters.
 *
 * @throws `invalid` if the name breaks a rule.
 */
export function requireName(name: string): string {
  const problem = nameProblem(name);
  if (problem !== null) throw rejection("invalid", problem);
  return name.trim();
}
// agents:end

/**
 * Returns the trimmed name of a user: at most 100 characters, and possibly empty.
 *
 * @throws `invalid` if the name breaks a rule.
 */
export function requirePersonName(name: string): string {
  const problem = personNameProblem(name);
  if (problem !== null) throw rejection("invalid", problem);
  return name.trim();
}

/**
 * Returns the URL of a picture.
 *
 * @throws `invalid` if it is not an https URL.
 */
export function requirePicture(url: string): string {
  const picture = acceptablePicture(url);
  if (picture === undefined) throw rejection("invalid", "A picture is an https: address.");
  return picture;
}

/**
 * Returns the time zone.
 *
 * @throws `invalid` if it is unknown.
 */
export function requireTimeZone(timeZone: string): string {
  if (!isTimeZone(timeZone)) throw rejection("invalid", TIME_ZONE_PROBLEM);
  return timeZone;
}

/** Returns the URL of a picture, or undefined if it is not an https URL without credentials. */
export function acceptablePicture(url: string | undefined): string | undefined {
  if (url === undefined || url.length > LONGEST_URL) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed?.protocol === "https:" && parsed.username === "" && parsed.password === ""
    ? parsed.href
    : undefined;
}
