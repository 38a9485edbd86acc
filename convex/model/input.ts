/** What people may type: the rules for names, pictures, e-mails and time zones, each in one function. */
import { nameProblem, personNameProblem } from "./names.ts";
import { refusal } from "./refusal.ts";
import { isTimeZone, TIME_ZONE_PROBLEM } from "./timeZones.ts";

const LONGEST_URL = 2000;

/** E-mails are kept and compared trimmed and in lower case, everywhere. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Good enough to send an invitation to; who really has the address is WorkOS's to say. */
export function requireEmail(email: string): string {
  const normalized = normalizeEmail(email);
  if (normalized.length > 254 || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(normalized)) {
    throw refusal("invalid", "That is not an e-mail address.");
  }
  return normalized;
}

/**
 * @returns The name of a project or key, trimmed: 1 to 100 characters.
 * @throws `invalid`
 */
export function requireName(name: string): string {
  const problem = nameProblem(name);
  if (problem !== null) throw refusal("invalid", problem);
  return name.trim();
}

/**
 * @returns A person's name, trimmed: at most 100 characters, and none at all is fine.
 * @throws `invalid`
 */
export function requirePersonName(name: string): string {
  const problem = personNameProblem(name);
  if (problem !== null) throw refusal("invalid", problem);
  return name.trim();
}

/** @throws `invalid` */
export function requirePicture(url: string): string {
  const picture = acceptablePicture(url);
  if (picture === undefined) throw refusal("invalid", "A picture is an https: address.");
  return picture;
}

/** @throws `invalid` */
export function requireTimeZone(timeZone: string): string {
  if (!isTimeZone(timeZone)) throw refusal("invalid", TIME_ZONE_PROBLEM);
  return timeZone;
}

/** @returns The address of a picture, or undefined when it is none that we would show. */
export function acceptablePicture(url: string | undefined): string | undefined {
  if (url === undefined || url.length > LONGEST_URL) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed?.protocol === "https:" && parsed.username === "" && parsed.password === ""
    ? parsed.href
    : undefined;
}
