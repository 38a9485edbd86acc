/** What a name may be. The app shows the same words at the field before it asks, so this file imports nothing. */

const LONGEST_NAME = 100;

// Control characters, halves of a surrogate pair, and the two Unicode line ends. Marks that right-to-left text and
// emoji are built from are no control characters and stay allowed.
const FORBIDDEN_IN_NAMES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** @returns What is wrong with the name of a person, which may be empty; null where nothing is. */
export function personNameProblem(name: string): string | null {
  const trimmed = name.trim();
  if ([...trimmed].length > LONGEST_NAME) return `Use at most ${LONGEST_NAME} characters.`;
  if (FORBIDDEN_IN_NAMES.test(trimmed)) return "Use no control characters or line breaks.";
  return null;
}

/** @returns What is wrong with the name of a project or key; null where nothing is. */
export function nameProblem(name: string): string | null {
  return name.trim() === "" ? `Use 1 to ${LONGEST_NAME} characters.` : personNameProblem(name);
}

/** @returns A name made fit where a person did not choose it: cleaned and cut; undefined where nothing is left. */
export function fitName(name: string | undefined): string | undefined {
  const clean = name?.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, " ").trim() ?? "";
  const short = [...clean].slice(0, LONGEST_NAME).join("").trim();
  return short === "" ? undefined : short;
}
