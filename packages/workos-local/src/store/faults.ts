/** Faults as data: what shall go wrong, where, and how often. What a fault does is in `fault-injection.ts`. */
import type { Database } from "./database.ts";

/** Exactly one of the effects below; see README.md for what each does. */
export type FaultEffect =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { hang: true }
  | { slowMs: number }
  | { garbage: true }
  | { cut: true };

export type Fault = {
  /** All three: absent = any. `path` may end in `*`. `grant` is the `grant_type` of the body. */
  method?: string;
  path?: string;
  grant?: string;
  /** The request is carried out all the same, and only its answer goes wrong. */
  handled?: boolean;
} & FaultEffect;

export type StoredFault = { id: number; fault: Fault; remaining: number | null };

export type FaultTarget = { method: string; path: string; grant: string | null };

export class Faults {
  readonly #db: Database;
  #faults: StoredFault[];

  constructor(db: Database) {
    this.#db = db;
    this.#faults = db
      .all<{ id: number; fault: string; remaining: number | null }>("select * from faults order by id")
      .map((row) => ({ ...row, fault: JSON.parse(row.fault) }));
  }

  all(): StoredFault[] {
    return this.#faults;
  }

  /** @param count how many requests it meets; null: all, until it is removed */
  add(fault: Fault, count: number | null): number {
    const row = this.#db.first<{ id: number }>(
      "insert into faults (fault, remaining) values (:fault, :count) returning id",
      { fault: JSON.stringify(fault), count },
    );
    if (!row) throw new Error("a fault was not stored");
    this.#faults = [...this.#faults, { id: row.id, fault, remaining: count }];
    return row.id;
  }

  /** Removes one, or all. */
  remove(id: number | null): void {
    this.#db.run("delete from faults where :id is null or id = :id", { id });
    this.#faults = id === null ? [] : this.#faults.filter((stored) => stored.id !== id);
  }

  /** The oldest fault that meets this request, used up by one. */
  take(target: FaultTarget): Fault | null {
    const met = this.#faults.find(({ fault }) => meets(fault, target));
    if (!met) return null;
    if (met.remaining !== null) {
      const remaining = met.remaining - 1;
      if (remaining <= 0) this.remove(met.id);
      else {
        this.#db.run("update faults set remaining = :remaining where id = :id", { id: met.id, remaining });
        this.#faults = this.#faults.map((stored) => (stored === met ? { ...met, remaining } : stored));
      }
    }
    return met.fault;
  }
}

function meets(fault: Fault, target: FaultTarget): boolean {
  if (fault.method && fault.method.toUpperCase() !== target.method) return false;
  if (fault.grant && fault.grant !== target.grant) return false;
  if (!fault.path) return true;
  return fault.path.endsWith("*")
    ? target.path.startsWith(fault.path.slice(0, -1))
    : target.path === fault.path;
}
