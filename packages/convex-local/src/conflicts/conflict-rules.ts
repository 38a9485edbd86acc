/**
 * Convex's optimistic concurrency control: a mutation begins when it arrives and commits after the time that mutations
 * take, unless a commit in between wrote what it had read. Then it runs again, after a backoff.
 *
 * Its code runs at once and alone, at the state of its beginning. Its writes wait for the commit.
 */
import type { ReadSet } from "../engine/read-set.ts";
import type { FunctionAddress } from "../functions/modules/function-address.ts";
import type { Conflict, OpenReads } from "./open-reads.ts";
import type { ConflictOptions, Pace } from "./pace.ts";
import { Slots } from "./slots.ts";
import { WriteRate } from "./write-rate.ts";

const MAX_RETRIES = 4;
const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2000;
/** Scheduled mutations are retried until they succeed. */
const MAX_SCHEDULED_BACKOFF_MS = 60_000;

/** Mutations that run at the same time in the smallest deployment class. */
const MUTATION_SLOTS = 16;

/** A mutation that has run and is not committed. */
export type Attempt<T> = {
  /** Null if it failed, because then nothing is committed. */
  reads: ReadSet | null;
  finish(): T;
  /** Returns the bytes that it has committed. */
  writtenBytes(): number;
};

/** A mutation as the rules see it. */
export type OptimisticMutation<T> = FunctionAddress & {
  /** Whether it is a scheduled function. */
  scheduled: boolean;
  attempt(): Promise<Attempt<T>>;
};

/** Every retry of a mutation conflicted. */
export class ConflictError extends Error {
  override name = "ConflictError";
  constructor({ table, document, writer }: Conflict, path: string) {
    const by = writer === path ? "Another call to this mutation" : `A call to "${writer}"`;
    const source = writer === null ? "" : `${by} changed the document with ID "${document}". `;
    super(
      `Documents read from or written to the "${table}" table changed while this mutation was being run and on every subsequent retry. ${source}See https://docs.convex.dev/error#1`,
    );
  }
}

/** No slot became free for a mutation. */
export class NoSlotError extends Error {
  override name = "NoSlotError";
  constructor() {
    super(
      `Too many concurrent requests. Your backend is limited to ${MUTATION_SLOTS} concurrent mutations. To get more resources, upgrade to Convex Pro. If you are already on Convex Pro, please contact support.`,
    );
  }
}

/** The deployment wrote too much in the last second, also at every retry. */
export class TooManyWritesError extends Error {
  override name = "TooManyWritesError";
  constructor() {
    super(
      "Too many writes per second. Your deployment is limited to 4 MiB bytes written per 1 second. Reduce your write rate or upgrade to a larger deployment.",
    );
  }
}

/** What the rules use of the backend. */
export type ConflictRulesParts = {
  options: ConflictOptions;
  openReads: OpenReads;
  pace: Pace;
  /** Runs work while no other mutation runs or commits. */
  exclusive<T>(work: () => Promise<T> | T): Promise<T>;
  /** Called for every conflict; `final` after the last retry. */
  onConflict(mutation: FunctionAddress, conflict: Conflict, final: boolean): void;
};

/** Runs mutations by the rules. */
export class ConflictRules {
  readonly #parts: ConflictRulesParts;
  readonly #slots: Slots;
  readonly #rate = new WriteRate();

  constructor(parts: ConflictRulesParts) {
    this.#parts = parts;
    this.#slots = new Slots(MUTATION_SLOTS, parts.pace);
  }

  /**
   * Runs a mutation until it commits.
   *
   * @throws {ConflictError} when every retry conflicts.
   * @throws {NoSlotError} when too many mutations run at the same time.
   * @throws {TooManyWritesError} when too much is written at the beginning of every retry.
   */
  async run<T>(mutation: OptimisticMutation<T>): Promise<T> {
    const { pace, onConflict } = this.#parts;
    const { path, scheduled } = mutation;
    for (let failures = 0; ; failures++) {
      const done = await this.#try(mutation);
      if ("value" in done) return done.value;
      const final = !scheduled && failures >= MAX_RETRIES;
      if (done.conflict) onConflict(mutation, done.conflict, final);
      if (final) throw done.conflict ? new ConflictError(done.conflict, path) : new TooManyWritesError();
      const most = scheduled ? MAX_SCHEDULED_BACKOFF_MS : MAX_BACKOFF_MS;
      await pace.sleep(Math.min(INITIAL_BACKOFF_MS * 2 ** failures, most) * pace.random());
    }
  }

  /** Returns the value; or the conflict, or null if too much was written in the last second. */
  async #try<T>({
    attempt,
    scheduled,
  }: OptimisticMutation<T>): Promise<{ value: T } | { conflict: Conflict | null }> {
    const { exclusive, openReads, pace, options } = this.#parts;
    if (this.#rate.isExceeded(pace.now)) return { conflict: null };
    const { ran, open } = await exclusive(async () => {
      const ran = await attempt();
      return { ran, open: ran.reads && openReads.open(ran.reads.ranges()) };
    });
    while (!(await this.#slots.take())) {
      if (scheduled) continue;
      open?.close();
      throw new NoSlotError();
    }
    try {
      await pace.sleep(options.mutationMs);
    } finally {
      this.#slots.release();
    }
    return exclusive(() => {
      const conflict = open?.close() ?? null;
      if (conflict) return { conflict };
      const value = ran.finish();
      this.#rate.add(pace.now, ran.writtenBytes());
      return { value };
    });
  }
}
