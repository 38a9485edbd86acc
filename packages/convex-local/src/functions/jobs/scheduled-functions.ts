/**
 * Scheduled functions as documents. `_scheduled_functions` is what functions see, in the component that scheduled; the
 * table of jobs holds what is still to be done, ordered by when, with the component that the function is in.
 */
import type { JSONValue, Value } from "convex/values";
import { convexToJson, jsonToConvex } from "convex/values";
import type { Catalog, Table } from "../../engine/catalog.ts";
import { RangeCursor } from "../../engine/query-stream.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { afterPrefix, encodeTuple, encodeValue } from "../../values/key.ts";
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

/** @param owner component whose `_scheduled_functions` it appears in @param due Unix ms @returns the id there */
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

/** @throws Error when there is no such job, or it is over */
export function cancelJob(transaction: Transaction, owner: string, scheduled: string, now: number): void {
  const table = scheduledTable(transaction.reader.catalog, scheduled);
  const document = table?.component === owner ? transaction.reader.get(table, scheduled) : null;
  if (!table || !document) throw new Error(`No scheduled function has the ID ${scheduled}.`);
  const state = document.value.state as JobState;
  if (state.kind === "success" || state.kind === "failed")
    throw new Error(`The scheduled function ${scheduled} has already run.`);
  if (state.kind === "canceled") return;
  setState(transaction, scheduled, { kind: "canceled" }, now);
  const job = findJob(transaction.reader, scheduled);
  if (job) transaction.remove(transaction.reader.catalog.table("", JOBS), job);
}

/** Waiting jobs, the first due first. */
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

/** Jobs that were running: after a start of the program, those that it did not see the end of. */
export function runningJobs(reader: Reader): Job[] {
  const index = reader.catalog.table("", JOBS).indexes.get("by_due");
  if (!index) return [];
  const low = encodeValue(true);
  const cursor = new RangeCursor(reader, { index, low, high: afterPrefix(low), order: "asc" });
  const jobs: Job[] = [];
  for (let entry = cursor.next(); entry; entry = cursor.next()) jobs.push(jobOf(entry.document.value));
  return jobs;
}

/** Whether the job is still to be done: nobody has cancelled it. */
export function isWaiting(reader: Reader, job: Job): boolean {
  return reader.get(reader.catalog.table("", JOBS), job.id)?.value.running === false;
}

export function startJob(transaction: Transaction, job: Job): void {
  transaction.patch(transaction.reader.catalog.table("", JOBS), job.id, { running: true });
  setState(transaction, job.scheduled, { kind: "inProgress" });
}

/** @param now Unix ms */
export function finishJob(transaction: Transaction, job: Job, state: JobState, now: number): void {
  const { reader } = transaction;
  const jobs = reader.catalog.table("", JOBS);
  // A job cancelled while its action ran is no longer there, and stays cancelled.
  if (!reader.get(jobs, job.id)) return;
  transaction.remove(jobs, job.id);
  setState(transaction, job.scheduled, state, now);
}

/**
 * Forgets functions that ran long ago, as the cloud does after a week.
 * @param before Unix ms @param limit how many are looked at in each component
 */
export function forgetOldJobs(transaction: Transaction, before: number, limit: number): void {
  const { reader } = transaction;
  for (const table of [...reader.catalog.tables()].filter(({ name }) => name === SCHEDULED)) {
    const high = encodeValue(before);
    const cursor = new RangeCursor(reader, { index: table.byCreation, low: "", high, order: "asc" }, limit);
    for (let i = 0, entry = cursor.next(); entry && i < limit; i++, entry = cursor.next()) {
      const { _id, state, completedTime } = entry.document.value as unknown as {
        _id: string;
        state: JobState;
        completedTime?: number;
      };
      if (state.kind !== "pending" && state.kind !== "inProgress" && (completedTime ?? 0) < before)
        transaction.remove(table, _id);
    }
  }
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

function jobOf(value: { [field: string]: Value | undefined }): Job {
  const { _id, scheduled, component, path, args, due } = value as unknown as {
    _id: string;
    scheduled: string;
    component: string;
    path: string;
    args: Value;
    due: number;
  };
  return { id: _id, scheduled, target: { component, path }, args: convexToJson(args), due };
}
