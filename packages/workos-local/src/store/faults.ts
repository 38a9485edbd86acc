/** Stored faults, and which requests they apply to. `fault-injection.ts` applies them. */
import type { Database } from "./database.ts";

/** Exactly one effect; README.md describes each. */
export type FaultEffect =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { hang: true }
  | { slowMs: number }
  | { garbage: true }
  | { cut: true };

export type Fault = {
  /** Each condition is optional. `path` may end in `*`. `grant` is the `grant_type` of the body. */
  method?: string;
  path?: string;
  grant?: string;
  /** Whether the request is handled and only its response fails. */
  handled?: boolean;
} & FaultEffect;

export type StoredFault = { id: number; fault: Fault; remaining: number | null };

export type FaultTarget = { method: string; path: string; grant: string | null };

/** Stored faults. */
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

  /**
   * Adds a fault.
   *
   * @param fault - The fault.
   * @param count - The number of requests it applies to; null for all until it is removed.
   * @returns Its id.
   */
  add(fault: Fault, count: number | null): number {
    const row = this.#db.first<{ id: number }>(
      "insert into faults (fault, remaining) values (:fault, :count) returning id",
      { fault: JSON.stringify(fault), count },
    );
    if (!row) throw new Error("The fault was not stored.");
    this.#faults = [...this.#faults, { id: row.id, fault, remaining: count }];
    return row.id;
  }

  /** Removes one fault, or all. */
  remove(id: number | null): void {
    this.#db.run("delete from faults where :id is null or id = :id", { id });
    this.#faults = id === null ? [] : this.#faults.filter((stored) => stored.id !== id);
  }

  /** Returns the oldest fault that applies to a request, and counts the use. */
  take(target: FaultTarget): Fault | null {
    const found = this.#faults.find(({ fault }) => appliesTo(fault, target));
    if (!found) return null;
    if (found.remaining !== null) {
      const remaining = found.remaining - 1;
      if (remaining <= 0) this.remove(found.id);
      else {
        this.#db.run("update faults set remaining = :remaining where id = :id", { id: found.id, remaining });
        this.#faults = this.#faults.map((stored) => (stored === found ? { ...found, remaining } : stored));
      }
    }
    return found.fault;
  }
}

function appliesTo(fault: Fault, target: FaultTarget): boolean {
  if (fault.method && fault.method.toUpperCase() !== target.method) return false;
  if (fault.grant && fault.grant !== target.grant) return false;
  if (!fault.path) return true;
  return fault.path.endsWith("*")
    ? target.path.startsWith(fault.path.slice(0, -1))
    : target.path === fault.path;
}
