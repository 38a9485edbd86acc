/** Time zone names: the app checks with the same rule before it asks, so this file imports nothing. */

const LONGEST_NAME = 64;

/**
 * The areas of the IANA database, and those of its older names (`US/Pacific`). `Intl` also takes abbreviations (`PST`)
 * and `SystemV/PST8PDT`, but not in every browser.
 */
const IN_AN_AREA =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(\/[\w+-]+)+$/i;

/** What to say about a name that is not a time zone. */
export const TIME_ZONE_PROBLEM = "Choose a time zone from the list, such as Europe/Berlin.";

/** Returns whether a name has the form of a time zone: `Area/City`, or `UTC`. Only the server's data says whether it exists. */
export function looksLikeTimeZone(timeZone: string): boolean {
  return timeZone === "UTC" || (timeZone.length <= LONGEST_NAME && IN_AN_AREA.test(timeZone));
}

/** Returns whether a name is a time zone that this runtime knows. */
export function isTimeZone(timeZone: string): boolean {
  if (!looksLikeTimeZone(timeZone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
