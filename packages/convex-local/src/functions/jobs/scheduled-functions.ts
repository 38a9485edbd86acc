/**
 * Scheduled functions as documents. Functions see `_scheduled_functions` of the component that scheduled them. The table
 * of jobs contains what must still run, by due time, with the component of the function.
 */
import type { JSONValue } from "convex/values";
import { convexToJson, jsonToConvex } from "convex/values";
import type { Catalog, Table } from "../../engine/catalog.ts";
import { RangeCursor } from "../../engine/query-stream.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { type DocumentValue, isObject, numberField, stringField } from "../../values/document.ts";
import { afterPrefix, encodeTuple, encodeValue } from "../../values/key.ts";
import { withoutRequest } from "../execution/call-errors.ts";
import type { FunctionAddress } from "../modules/function-address.ts";
import { JOBS, SCHEDULED } from "../tables/system-tables.ts";

export type Job = {
  /** Id in the table of jobs. */
  id: string;
  /** Id in `_scheduled_functions`. */
  scheduled: string;
  target: FunctionAddress;
  args: JSONValue;
  /** Unix ms */
  due: number;
};

export type JobState =
  | { kind: "pending" | "inProgress" | "success" | "canceled" }
  | { kind: "failed"; error: string };

/**
 * Schedules a function.
 *
 * @param transaction - The transaction to write in.
 * @param owner - The component in whose `_scheduled_functions` it appears.
 * @param target - The function.
 * @param args - Its arguments in Convex's JSON.
 * @param due - Unix ms.
 * @returns The id in `_scheduled_functions`.
 */
export function addJob(
  transaction: Transaction,
  owner: string,
  target: FunctionAddress,
  args: JSONValue,
  due: number,
): string {
  const { catalog } = transaction.reader;
  const scheduled = transaction.insert(catalog.table(owner, SCHEDULED), {
    name: target.path,
    args: [jsonToConvex(args)],
    scheduledTime: due,
    state: { kind: "pending" },
  });
  transaction.insert(catalog.table("", JOBS), {
    scheduled,
    component: target.component,
    path: target.path,
    args: jsonToConvex(args),
    due,
    running: false,
  });
  return scheduled;
}

/**
 * Cancels a scheduled function.
 *
 * @throws {Error} when it does not exist or has finished.
 */
export function cancelJob(transaction: Transaction, owner: string, scheduled: string, now: number): void {
  const table = scheduledTable(transaction.reader.catalog, scheduled);
  const document = table?.component === owner ? transaction.reader.get(table, scheduled) : null;
  if (!table || !document) throw new Error(`No scheduled function has the ID ${scheduled}.`);
  const state = stateOf(document.value);
  if (state.kind === "success" || state.kind === "failed")
    throw new Error(`The scheduled function ${scheduled} has already run.`);
  if (state.kind === "canceled") return;
  setState(transaction, scheduled, { kind: "canceled" }, now);
  const job = findJob(transaction.reader, scheduled);
  if (job) transaction.remove(transaction.reader.catalog.table("", JOBS), job);
}

/** Returns waiting jobs, ordered by due time. */
export function waitingJobs(reader: Reader, until: number, limit: number): Job[] {
  const index = reader.catalog.table("", JOBS).indexes.get("by_due");
  if (!index) return [];
  const low = encodeValue(false);
  const high = encodeTuple([false, until]);
  const jobs: Job[] = [];
  const cursor = new RangeCursor(reader, { index, low, high: afterPrefix(high), order: "asc" }, limit);
  for (let entry = cursor.next(); entry && jobs.length < limit; entry = cursor.next())
    jobs.push(jobOf(entry.document.value));
  return jobs;
}

/** Returns running jobs. After a start, these are the ones that the previous process did not finish. */
export function runningJobs(reader: Reader): Job[] {
  const index = reader.catalog.table("", JOBS).indexes.get("by_due");
  if (!index) return [];
  const low = encodeValue(true);
  const cursor = new RangeCursor(reader, { index, low, high: afterPrefix(low), order: "asc" });
  const jobs: Job[] = [];
  for (let entry = cursor.next(); entry; entry = cursor.next()) jobs.push(jobOf(entry.document.value));
  return jobs;
}

/** Returns whether the job must still run, that is, was not canceled. */
export function isWaiting(reader: Reader, job: Job): boolean {
  return reader.get(reader.catalog.table("", JOBS), job.id)?.value.running === false;
}

/** Marks a job as running. */
export function startJob(transaction: Transaction, job: Job): void {
  transaction.patch(transaction.reader.catalog.table("", JOBS), job.id, { running: true });
  setState(transaction, job.scheduled, { kind: "inProgress" });
}

/** Removes a finished job and stores its state. */
export function finishJob(transaction: Transaction, job: Job, state: JobState, now: number): void {
  const { reader } = transaction;
  const jobs = reader.catalog.table("", JOBS);
  // A job that was canceled while its action ran is already removed, and stays canceled.
  if (!reader.get(jobs, job.id)) return;
  transaction.remove(jobs, job.id);
  const stored = state.kind === "failed" ? { ...state, error: withoutRequest(state.error) } : state;
  setState(transaction, job.scheduled, stored, now);
}

/**
 * Deletes functions that finished long ago, as the cloud does after a week.
 *
 * @param transaction - The transaction to write in.
 * @param before - Unix ms.
 * @param limit - The largest number of functions to check per component.
 */
export function deleteOldJobs(transaction: Transaction, before: number, limit: number): void {
  const { reader } = transaction;
  for (const table of [...reader.catalog.tables()].filter(({ name }) => name === SCHEDULED)) {
    const high = encodeValue(before);
    const cursor = new RangeCursor(reader, { index: table.byCreation, low: "", high, order: "asc" }, limit);
    for (let i = 0, entry = cursor.next(); entry && i < limit; i++, entry = cursor.next()) {
      const { value } = entry.document;
      const completedTime = typeof value.completedTime === "number" ? value.completedTime : 0;
      if (isFinished(stateOf(value)) && completedTime < before) transaction.remove(table, value._id);
    }
  }
}

/** Returns the state of a document in `_scheduled_functions`. */
export function stateOf({ state }: DocumentValue): JobState {
  const kind = isObject(state) ? state.kind : undefined;
  if (kind === "failed" && isObject(state)) return { kind, error: stringField(state, "error") };
  if (kind === "pending" || kind === "inProgress" || kind === "success" || kind === "canceled")
    return { kind };
  throw new TypeError("The state of a scheduled function is malformed.");
}

/** Returns whether a scheduled function with this state will not run any more. */
export function isFinished({ kind }: JobState): boolean {
  return kind !== "pending" && kind !== "inProgress";
}

function setState(
  transaction: Transaction,
  scheduled: string,
  state: JobState,
  completedTime?: number,
): void {
  const table = scheduledTable(transaction.reader.catalog, scheduled);
  if (!table || !transaction.reader.get(table, scheduled)) return;
  transaction.patch(table, scheduled, { state, ...(completedTime === undefined ? {} : { completedTime }) });
}

function scheduledTable(catalog: Catalog, scheduled: string): Table | null {
  const table = catalog.tableOf(scheduled);
  return table?.name === SCHEDULED ? table : null;
}

function findJob(reader: Reader, scheduled: string): string | null {
  const index = reader.catalog.table("", JOBS).indexes.get("by_function");
  if (!index) return null;
  const low = encodeValue(scheduled);
  return (
    new RangeCursor(reader, { index, low, high: afterPrefix(low), order: "asc" }, 1).next()?.document.value
      ._id ?? null
  );
}

function jobOf(value: DocumentValue): Job {
  return {
    id: value._id,
    scheduled: stringField(value, "scheduled"),
    target: { component: stringField(value, "component"), path: stringField(value, "path") },
    args: convexToJson(value.args ?? {}),
    due: numberField(value, "due"),
  };
}
