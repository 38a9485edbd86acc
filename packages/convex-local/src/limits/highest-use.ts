/** The highest and the total use of each function since the start, for `npm run convex -- limits`. */
import type { FunctionUse } from "../backend.ts";
import type { Usage } from "./usage.ts";

/** Collects what the calls of each function used. */
export class HighestUse {
  readonly #byFunction = new Map<string, FunctionUse>();

  /** Notes one call of a function. */
  note(component: string, path: string, usage: Usage, userMs: number): void {
    const use = this.#of(component, path);
    use.calls++;
    use.documentsRead = Math.max(use.documentsRead, usage.documentsRead);
    use.bytesRead = Math.max(use.bytesRead, usage.bytesRead);
    // Counting the ranges exactly costs time, so it happens only if there may be more than before.
    if (usage.rangesAtMost > use.indexRanges) use.indexRanges = Math.max(use.indexRanges, usage.ranges);
    use.documentsWritten = Math.max(use.documentsWritten, usage.documentsWritten);
    use.bytesWritten = Math.max(use.bytesWritten, usage.bytesWritten);
    use.functionsScheduled = Math.max(use.functionsScheduled, usage.scheduled);
    use.milliseconds = Math.max(use.milliseconds, Math.ceil(userMs));
    use.total.documentsRead += usage.documentsRead;
    use.total.bytesRead += usage.bytesRead;
    use.total.documentsWritten += usage.documentsWritten;
    use.total.bytesWritten += usage.bytesWritten;
  }

  /** Notes that a mutation conflicted with another one in this table, the last time if `final`. */
  conflict(component: string, path: string, table: string, final: boolean): void {
    const use = this.#of(component, path);
    use.conflicts[table] = (use.conflicts[table] ?? 0) + 1;
    if (final) use.failedByConflict++;
  }

  /** Returns the functions that were called, by name. */
  list(): FunctionUse[] {
    return [...this.#byFunction.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** Returns the entry of a function. */
  #of(component: string, path: string): FunctionUse {
    const key = `${component}\n${path}`;
    let use = this.#byFunction.get(key);
    if (!use) {
      use = {
        component,
        path,
        calls: 0,
        documentsRead: 0,
        bytesRead: 0,
        indexRanges: 0,
        documentsWritten: 0,
        bytesWritten: 0,
        functionsScheduled: 0,
        milliseconds: 0,
        conflicts: {},
        failedByConflict: 0,
        total: { documentsRead: 0, bytesRead: 0, documentsWritten: 0, bytesWritten: 0 },
      };
      this.#byFunction.set(key, use);
    }
    return use;
  }
}

function nameOf({ component, path }: FunctionUse): string {
  return `${component}/${path}`;
}
