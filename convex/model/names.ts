/** Rules for names. The app uses them in forms and in the worker too, so this file imports nothing. */

const LONGEST_NAME = 100;

// Control characters, lone surrogates, and the two Unicode line separators. The format characters that
// right-to-left text and emoji need stay allowed.
const FORBIDDEN_IN_NAMES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

// A character that is visible on its own: not a space, format character, filler, or mark without a letter.
// The last four are blank too, though Unicode counts them as symbols or letters.
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Noncharacter_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u;

/** Returns whether a text has a visible character. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}

/** Returns what is wrong with the name of a user, or null if it is valid. The name may be empty. */
export function personNameProblem(name: string): string | null {
  const trimmed = name.trim();
  if ([...trimmed].length > LONGEST_NAME) return `Use at most ${LONGEST_NAME} characters.`;
  if (FORBIDDEN_IN_NAMES.test(trimmed)) return "Use no control characters or line breaks.";
  return trimmed === "" || isVisible(trimmed) ? null : "Use at least one visible character.";
}

// agents:start
/** Returns what is wrong with the name of a project or API key, or null if it is valid. */
export function nameProblem(name: string): string | null {
  return name.trim() === "" ? `Use 1 to ${LONGEST_NAME} characters.` : personNameProblem(name);
}

/** Returns the name of a project or API key for display. Names stored before these rules may be invisible. */
export function visibleName(name: string): string {
  return isVisible(name) ? name : "Unnamed";
}
// agents:end

/** Returns a name from WorkOS, cleaned and shortened; undefined if nothing visible remains. */
export function fitName(name: string | undefined): string | undefined {
  const clean = name?.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, " ").trim() ?? "";
  const short = [...clean].slice(0, LONGEST_NAME).join("").trim();
  return isVisible(short) ? short : undefined;
}

// agents:start
/** The maximum number of characters of an agent's name, and of a time series, whose name may have attributes. */
export const LONGEST_AGENT = 64;
export const LONGEST_SERIES = 256;

/**
 * Checks the name of an agent or of a time series. Unlike the names above, it is not trimmed.
 *
 * @param value - Untrusted input.
 * @param longest - The maximum number of characters.
 * @returns What the name must be, as the rest of a sentence; null if it is valid.
 */
export function reportedNameProblem(value: unknown, longest: number): string | null {
  if (typeof value !== "string" || value === "" || [...value].length > longest) {
    return `must be a string of 1 to ${longest} characters`;
  }
  if (/[\p{Cc}\p{Cs}]/u.test(value)) return "must have no control character and no half of a surrogate pair";
  return isVisible(value) ? null : "must have at least one visible character";
}
// agents:end
