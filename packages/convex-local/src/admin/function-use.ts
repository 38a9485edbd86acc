/** `limits`, `conflicts` and `refreshes`: what functions used at most, which conflict, and what new tokens cost. */
import type { FunctionUse } from "../backend.ts";
import { LIMITS } from "../limits/limits.ts";
import type { Print } from "./commands.ts";
import type { Deployment } from "./deployment.ts";

/** The measures of a function, with their limits. */
const MEASURES = [
  ["documents read", "documentsRead", LIMITS.documentsRead],
  ["bytes read", "bytesRead", LIMITS.bytesRead],
  ["index ranges", "indexRanges", LIMITS.indexRanges],
  ["documents written", "documentsWritten", LIMITS.documentsWritten],
  ["bytes written", "bytesWritten", LIMITS.bytesWritten],
  ["functions scheduled", "functionsScheduled", LIMITS.functionsScheduled],
  ["ms", "milliseconds", LIMITS.transactionMs],
] as const;

/** Prints the highest use of each function by one call, with its share of the limit. */
export async function showLimits(
  deployment: Deployment,
  { json }: { json: boolean },
  print: Print,
): Promise<void> {
  const { functions } = await deployment.use();
  if (json) {
    print(JSON.stringify(functions, null, 2));
    return;
  }
  print("The highest use by one call since the start, and its share of Convex's limit:");
  table(
    [["function", "calls", ...MEASURES.map(([title]) => title), "conflicts"]].concat(
      functions.map((use) => [
        nameOf(use),
        String(use.calls),
        ...MEASURES.map(([, measure, limit]) => withShare(use[measure], limit)),
        String(conflictsOf(use)),
      ]),
    ),
    print,
  );
}

/** Prints the conflicts of each function by table. */
export async function showConflicts(
  deployment: Deployment,
  { json }: { json: boolean },
  print: Print,
): Promise<void> {
  const functions = (await deployment.use()).functions.filter((use) => conflictsOf(use) > 0);
  if (json) {
    print(JSON.stringify(functions.map(conflictsIn), null, 2));
    return;
  }
  if (functions.length === 0) {
    print("No mutation has conflicted. Conflicts occur with CONVEX_LOCAL_CONFLICTS=1.");
    return;
  }
  const rows = functions.flatMap((use) =>
    Object.entries(use.conflicts).map(([name, count], i) => [
      nameOf(use),
      name,
      String(count),
      i === 0 ? String(use.failedByConflict) : "",
    ]),
  );
  table([["function", "table", "conflicts", "failed calls"], ...rows], print);
}

/** Prints which queries ran again because clients sent refreshed tokens. */
export async function showRefreshes(
  deployment: Deployment,
  { json }: { json: boolean },
  print: Print,
): Promise<void> {
  const { tokenRefreshes } = await deployment.use();
  if (json) {
    print(JSON.stringify(tokenRefreshes, null, 2));
    return;
  }
  print(`${tokenRefreshes.refreshes} tokens were refreshed over sockets.`);
  const rows = tokenRefreshes.queries.map(({ path, ran, cached }) => [path, String(ran), String(cached)]);
  if (rows.length > 0) table([["query", "ran again", "from the cache"], ...rows], print);
}

function conflictsIn(use: FunctionUse) {
  const { component, path, calls, conflicts, failedByConflict } = use;
  return { component, path, calls, conflicts, failedByConflict };
}

function conflictsOf({ conflicts }: FunctionUse): number {
  return Object.values(conflicts).reduce((sum, count) => sum + count, 0);
}

function nameOf({ component, path }: FunctionUse): string {
  return component === "" ? path : `${component}/${path}`;
}

function withShare(value: number, limit: number): string {
  const share = Math.round((value / limit) * 100);
  return share === 0 ? String(value) : `${value} (${share} %)`;
}

/** Prints rows in columns: the first to the left, the others to the right. */
function table(rows: readonly string[][], print: Print): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    print(cells.join("  ").trimEnd());
  }
}
