/** Rhythm of an agent: the interval between its reports, learned from their times. Imports nothing. */

/** Items up to this long after the first item of a report belong to it. */
const REPORT_MS = 10_000;

const MOST_REPORTS = 20;
const LEAST_REPORTS = 10;
const MOST_DONE_REPORTS = 5;
const LEAST_DONE_REPORTS = 3;

/** Times of an agent's reports in Unix ms, oldest first. `reportAt` is the start of the newest. */
export type Rhythm = { reportAt: number | null; reports: number[]; doneReports: number[] };

/**
 * Adds a sign of life that is later than all before it.
 *
 * @param at - Time of the item in Unix ms.
 */
export function addSign(rhythm: Rhythm, at: number): void {
  if (rhythm.reportAt !== null && at <= rhythm.reportAt + REPORT_MS) return;
  rhythm.reportAt = at;
  rhythm.reports = [...rhythm.reports, at].slice(-MOST_REPORTS);
}

/** Adds a report of the state `done`. An older one than the last changes nothing. */
export function addDone(rhythm: Rhythm, at: number): void {
  const last = rhythm.doneReports.at(-1);
  if (last !== undefined && at <= last + REPORT_MS) return;
  rhythm.doneReports = [...rhythm.doneReports, at].slice(-MOST_DONE_REPORTS);
}

/**
 * Returns the learned interval in ms for the agent's current state; null while it is unknown.
 *
 * An agent that waits depends on a user, so it has no interval.
 */
export function learnedInterval({ reports, doneReports }: Rhythm, state: string | null): number | null {
  if (state === "waiting") return null;
  return state === "done" ? medianGap(doneReports, LEAST_DONE_REPORTS) : medianGap(reports, LEAST_REPORTS);
}

/** Returns the median of the gaps between times; null if there are fewer than `least` times. */
function medianGap(times: readonly number[], least: number): number | null {
  if (times.length < least) return null;
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  gaps.sort((a, b) => a - b);
  const middle = gaps.length / 2;
  const high = gaps[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((gaps[middle - 1] ?? high) + high) / 2 : high;
}
