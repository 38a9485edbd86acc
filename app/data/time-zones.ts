/** Time zones of this runtime. */

let known: readonly string[] | null = null;

/** Returns the runtime's IANA names, with UTC first because the runtime's list omits it. */
export function timeZones(): readonly string[] {
  known ??= ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return known;
}

/** Returns the browser's time zone; null if it is unknown. */
export function browserTimeZone(): string | null {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || null;
}
