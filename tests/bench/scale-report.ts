/** What the load test of ingestion prints. */
import { type Administration, conflictsIn, type FunctionCounters, sumOf } from "./convex-counters.ts";
import { quantile } from "./load.ts";

/** Convex's limit of what the mutations of an S16 deployment write in a second. */
const WRITE_LIMIT = 4 << 20;

/**
 * Prints what was written, conflicts, and what the functions of ingestion read and wrote between two counts.
 *
 * @param seconds - The time between them.
 */
export function printCounters(
  before: readonly FunctionCounters[],
  after: readonly FunctionCounters[],
  seconds: number,
): void {
  const written = (of: readonly FunctionCounters[]) => sumOf(of, ({ total }) => total.bytesWritten);
  const rate = (written(after) - written(before)) / seconds;
  print(
    `  written ${kilobytes(rate)} a second, ${((100 * rate) / WRITE_LIMIT).toFixed(1)} % of Convex's 4 MiB`,
  );
  print(`  conflicts: ${conflictsIn(after)}`);
  for (const path of ["metrics:ingest", "compaction:run", "projects:overview", "jobs:step"]) {
    const use = after.find((one) => one.path === path);
    const start = before.find((one) => one.path === path);
    if (use === undefined) continue;
    const calls = use.calls - (start?.calls ?? 0);
    const mean = (of: "bytesRead" | "bytesWritten") => (use.total[of] - (start?.total[of] ?? 0)) / calls;
    print(
      `  ${path}: ${calls} calls, ${(calls / seconds).toFixed(1)} a second; at most ${use.indexRanges} ranges, ` +
        `${use.documentsRead} documents read, ${use.documentsWritten} written; ` +
        `on average ${kilobytes(mean("bytesRead"))} read, ${kilobytes(mean("bytesWritten"))} written`,
    );
  }
}

/** Prints how far the deletion and retention came beside the load. */
export async function printJobs(backend: Administration): Promise<void> {
  const jobs = (await backend.documents("jobs")) as {
    job: string;
    removed: number;
    startedAt: number;
    stepAt: number;
    endedAt?: number;
  }[];
  for (const { job, removed, startedAt, stepAt, endedAt } of jobs) {
    if (removed === 0) continue;
    const name = job.startsWith("project:") ? "deletion of a project" : `retention of ${job}`;
    const time = ((endedAt ?? stepAt) - startedAt) / 1_000;
    print(
      `  ${name}: ${removed} rows in ${time.toFixed(1)} s${endedAt === undefined ? ", not finished" : ""}`,
    );
  }
}

/** Returns the median, the 95th percentile and the largest of some times in ms, in words. */
export function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [half, most, all] = [0.5, 0.95, 1].map((share) => `${quantile(sorted, share).toFixed(0)} ms`);
  return `p50 ${half}, p95 ${most}, at most ${all}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
