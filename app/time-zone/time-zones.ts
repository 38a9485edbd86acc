/** The time zones there are to choose from. */

let known: readonly string[] | null = null;

/** @returns IANA names, as this runtime knows them, with UTC first: it lists places only. */
export function timeZones(): readonly string[] {
  known ??= ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return known;
}

/** @returns The browser's own zone; null where it does not say. */
export function browserTimeZone(): string | null {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || null;
}
