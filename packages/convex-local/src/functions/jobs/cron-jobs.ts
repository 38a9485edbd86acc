/**
 * Cron jobs: what `crons.ts` of the app and its components says, and when each is next due. That is kept in the
 * database, so a restart neither forgets a job nor runs one twice; times missed while nothing ran are made up for once.
 */
import type { JSONValue, Value } from "convex/values";
import { RangeCursor } from "../../engine/query-stream.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { afterPrefix } from "../../values/key.ts";
import type { Mutations } from "../execution/mutations.ts";
import { realNow } from "../isolate/globals.ts";
import { canonicalPath } from "../modules/function-address.ts";
import type { CronSpec, Registry } from "../modules/registry.ts";
import { CRONS } from "../tables/system-tables.ts";
import { nextTime } from "./cron-times.ts";
import { addJob, type JobState } from "./scheduled-functions.ts";
import type { JobSource } from "./scheduler.ts";

type CronRow = {
  _id: string;
  component: string;
  name: string;
  /** The specification as JSON text: a job with another one begins anew. */
  spec: string;
  /** Unix ms */
  next: number;
  /** The last run, in `_scheduled_functions`. */
  last?: string;
};

export class Crons implements JobSource {
  readonly #mutations: Mutations;
  #next: number | null = null;

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  nextDue(): number | null {
    return this.#next;
  }

  /** Takes up new specifications. An interval's first run is now, as at a deployment to the cloud. */
  async load(registry: Registry): Promise<void> {
    const specs = new Map<string, { component: string; spec: CronSpec; name: string }>();
    for (const { path, crons } of registry.components()) {
      for (const [name, spec] of Object.entries(crons))
        specs.set(`${path}\n${name}`, { component: path, name, spec });
    }
    await this.#mutations.transact((transaction) => {
      const table = transaction.reader.catalog.table("", CRONS);
      const now = realNow();
      for (const row of rowsOf(transaction)) {
        const wanted = specs.get(`${row.component}\n${row.name}`);
        if (wanted && JSON.stringify(wanted.spec) === row.spec) specs.delete(`${row.component}\n${row.name}`);
        else transaction.remove(table, row._id);
      }
      for (const { component, name, spec } of specs.values()) {
        const next = spec.schedule.type === "interval" ? now : nextTime(spec.schedule, now);
        transaction.insert(table, { component, name, spec: JSON.stringify(spec), next });
      }
      this.#next = earliest(rowsOf(transaction));
    });
  }

  async addDue(now: number): Promise<void> {
    if (this.#next === null || this.#next > now) return;
    await this.#mutations.transact((transaction) => {
      for (const row of rowsOf(transaction)) if (row.next <= now) startRow(transaction, row, now);
      this.#next = earliest(rowsOf(transaction));
    });
  }
}

/** A run that is due while the one before is not over is left out. */
function startRow(transaction: Transaction, row: CronRow, now: number): void {
  const { catalog } = transaction.reader;
  const spec = JSON.parse(row.spec) as CronSpec;
  let next = nextTime(spec.schedule, row.next);
  if (next <= now) next = nextTime(spec.schedule, now);
  const last = row.last === undefined ? null : catalog.tableOf(row.last);
  const state =
    last && row.last !== undefined
      ? (transaction.reader.get(last, row.last)?.value.state as JobState | undefined)
      : undefined;
  const busy = state?.kind === "pending" || state?.kind === "inProgress";
  const target = { component: row.component, path: canonicalPath(spec.name) };
  const run = busy
    ? row.last
    : addJob(transaction, row.component, target, (spec.args[0] ?? {}) as JSONValue, now);
  transaction.patch(catalog.table("", CRONS), row._id, { next, last: run });
}

function rowsOf(transaction: Transaction): CronRow[] {
  const index = transaction.reader.catalog.table("", CRONS).byCreation;
  const cursor = new RangeCursor(transaction.reader, { index, low: "", high: afterPrefix(""), order: "asc" });
  const rows: CronRow[] = [];
  for (let entry = cursor.next(); entry; entry = cursor.next()) {
    rows.push(entry.document.value as { [field: string]: Value | undefined } as unknown as CronRow);
  }
  return rows;
}

function earliest(rows: readonly CronRow[]): number | null {
  return rows.length === 0 ? null : Math.min(...rows.map(({ next }) => next));
}
