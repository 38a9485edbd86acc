/** Time and chance of the conflict rules, so that a simulation can control both. */
export type Pace = {
  /** A time in ms that never goes back. */
  readonly now: number;
  sleep(ms: number): Promise<void>;
  /** Returns a number from 0 to 1. */
  random(): number;
};

/** Options of the conflict rules. */
export type ConflictOptions = {
  /** How long a mutation takes, in ms. */
  mutationMs: number;
};

const DEFAULT_MS = 60;
const MOST_MS = 10_000;

/**
 * Reads the options from `CONVEX_LOCAL_CONFLICTS` and `CONVEX_LOCAL_MUTATION_MS`.
 *
 * @returns Null if mutations run one after another.
 * @throws {RangeError} when a value is malformed.
 */
export function conflictsFrom(env: { [name: string]: string | undefined }): ConflictOptions | null {
  const { CONVEX_LOCAL_CONFLICTS: on = "", CONVEX_LOCAL_MUTATION_MS: ms = "" } = env;
  if (!["", "0", "1"].includes(on)) {
    throw new RangeError(`CONVEX_LOCAL_CONFLICTS must be 0 or 1, not ${JSON.stringify(on)}.`);
  }
  const mutationMs = ms === "" ? DEFAULT_MS : /^\d{1,5}$/.test(ms) ? Number(ms) : Number.NaN;
  if (!(mutationMs <= MOST_MS)) {
    throw new RangeError(
      `CONVEX_LOCAL_MUTATION_MS must be a number of milliseconds up to ${MOST_MS}, not ${JSON.stringify(ms)}.`,
    );
  }
  return on === "1" ? { mutationMs } : null;
}
