/** Access to a local Convex backend with its admin key: counters of functions, documents, internal functions. */
import type { Value } from "convex/values";
import { convexToJson } from "convex/values";

type Numbers = { documentsRead: number; bytesRead: number; documentsWritten: number; bytesWritten: number };

/** What the calls of a function used: at most, and in all. */
export type FunctionCounters = Numbers & {
  path: string;
  component: string;
  calls: number;
  indexRanges: number;
  conflicts: { [table: string]: number };
  failedByConflict: number;
  total: Numbers;
};

export type Administration = {
  counters(): Promise<FunctionCounters[]>;
  store(table: string, documents: { [field: string]: Value }[]): Promise<void>;
  documents(table: string): Promise<{ [field: string]: unknown }[]>;
  run(path: string, args: object): Promise<void>;
};

/**
 * Opens the administration of a backend.
 *
 * @param convexUrl - The address of the backend.
 * @param adminKey - Its admin key.
 */
export function administrationOf(convexUrl: string, adminKey: string): Administration {
  const request = async (path: string, body?: object) => {
    const response = await fetch(convexUrl + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: `Convex ${adminKey}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return {
    counters: async () => {
      const { functions } = (await (await request("/api/local/use")).json()) as {
        functions: FunctionCounters[];
      };
      return functions;
    },
    store: async (table, documents) => {
      await (
        await request("/api/local/documents", {
          table,
          documents: documents.map((one) => convexToJson(one)),
          replace: false,
        })
      ).text();
    },
    documents: async (table) => {
      const query = new URLSearchParams({ table, limit: "500" });
      const page = await (await request(`/api/local/documents?${query}`)).json();
      return (page as { documents: { [field: string]: unknown }[] }).documents;
    },
    run: async (path, args) => {
      const answer = await (await request("/api/function", { path, format: "json", args })).json();
      if ((answer as { status: string }).status !== "success") throw new Error(JSON.stringify(answer));
    },
  };
}

/** Returns the sum of a number over all functions of a backend. */
export function sumOf(counters: readonly FunctionCounters[], of: (one: FunctionCounters) => number): number {
  return counters.reduce((sum, one) => sum + of(one), 0);
}

/** Returns how often each function conflicted, as text. */
export function conflictsIn(counters: readonly FunctionCounters[]): string {
  const lines = counters.flatMap(({ path, conflicts, failedByConflict }) =>
    Object.entries(conflicts).map(
      ([table, count]) =>
        `${path} ${count} in ${table}${failedByConflict > 0 ? `, ${failedByConflict} failed` : ""}`,
    ),
  );
  return lines.join("; ") || "none";
}
