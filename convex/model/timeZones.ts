/** Validation of time zone names. The app uses it too, so this file imports nothing. */

const LONGEST_NAME = 64;

/**
 * Areas of the IANA database, including older names (`US/Pacific`). `Intl` also accepts abbreviations (`PST`)
 * and `SystemV/PST8PDT`, but not in every browser.
 */
const IN_AN_AREA =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(\/[\w+-]+)+$/i;

/** Error message for a name that is not a time zone. */
export const TIME_ZONE_PROBLEM = "Choose a time zone from the list, such as Europe/Berlin.";

/**
 * Returns whether a name has the form of a time zone: `Area/City`, or `UTC`. Whether it exists is for the
 * server to check.
 */
export function looksLikeTimeZone(timeZone: string): boolean {
  return timeZone === "UTC" || (timeZone.length <= LONGEST_NAME && IN_AN_AREA.test(timeZone));
}

/** Returns whether this runtime knows the time zone. */
export function isTimeZone(timeZone: string): boolean {
  if (!looksLikeTimeZone(timeZone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
