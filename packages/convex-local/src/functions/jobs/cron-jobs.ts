/**
 * Cron jobs of `crons.ts` of the app and its components. The database stores when each is next due, so a restart neither
 * loses nor repeats a run. Runs that were missed while the backend was stopped are made up for once.
 */
import { RangeCursor } from "../../engine/query-stream.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { canonicalPath } from "../../function-path.ts";
import { type DocumentValue, numberField, stringField } from "../../values/document.ts";
import { afterPrefix } from "../../values/key.ts";
import type { Mutations } from "../execution/mutations.ts";
import { realNow } from "../isolate/globals.ts";
import type { CronSpec, Registry } from "../modules/registry.ts";
import { CRONS } from "../tables/system-tables.ts";
import { nextTime } from "./cron-times.ts";
import { addJob, isFinished, stateOf } from "./scheduled-functions.ts";
import type { JobSource } from "./scheduler.ts";

type CronRow = {
  _id: string;
  component: string;
  name: string;
  /** The specification as JSON text. A job whose specification changed starts again. */
  spec: string;
  /** Unix ms */
  next: number;
  /** The id of the last run in `_scheduled_functions`. */
  last?: string;
};

/** Schedules the runs of cron jobs. */
export class CronJobs implements JobSource {
  readonly #mutations: Mutations;
  #next: number | null = null;

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  nextDue(): number | null {
    return this.#next;
  }

  /** Loads new specifications. An interval runs for the first time at once, as after a deployment to the cloud. */
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

/** Schedules a run, or skips it if the previous one is not finished. */
function startRow(transaction: Transaction, row: CronRow, now: number): void {
  const { catalog } = transaction.reader;
  const spec: CronSpec = JSON.parse(row.spec);
  let next = nextTime(spec.schedule, row.next);
  if (next <= now) next = nextTime(spec.schedule, now);
  const last = row.last === undefined ? null : catalog.tableOf(row.last);
  const document = last && row.last !== undefined ? transaction.reader.get(last, row.last) : null;
  const busy = document !== null && !isFinished(stateOf(document.value));
  const target = { component: row.component, path: canonicalPath(spec.name) };
  const run = busy ? row.last : addJob(transaction, row.component, target, spec.args[0] ?? {}, now);
  transaction.patch(catalog.table("", CRONS), row._id, { next, last: run });
}

function rowsOf(transaction: Transaction): CronRow[] {
  const index = transaction.reader.catalog.table("", CRONS).byCreation;
  const cursor = new RangeCursor(transaction.reader, { index, low: "", high: afterPrefix(""), order: "asc" });
  const rows: CronRow[] = [];
  for (let entry = cursor.next(); entry; entry = cursor.next()) {
    rows.push(rowOf(entry.document.value));
  }
  return rows;
}

function rowOf(value: DocumentValue): CronRow {
  return {
    _id: value._id,
    component: stringField(value, "component"),
    name: stringField(value, "name"),
    spec: stringField(value, "spec"),
    next: numberField(value, "next"),
    ...(typeof value.last === "string" && { last: value.last }),
  };
}

function earliest(rows: readonly CronRow[]): number | null {
  return rows.length === 0 ? null : Math.min(...rows.map(({ next }) => next));
}
