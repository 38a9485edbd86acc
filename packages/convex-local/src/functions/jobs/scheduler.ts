/**
 * Runs scheduled functions when they are due. A mutation is marked as finished in its own transaction, so it runs exactly
 * once. An action is marked as running first, so it runs at most once; one that a restart interrupts has failed.
 */
import type { Outcome } from "../../backend.ts";
import type { Transaction } from "../../engine/transaction.ts";
import type { EngineCalls } from "../execution/engine-calls.ts";
import type { Mutations } from "../execution/mutations.ts";
import { realClearTimeout, realNow, realSetTimeout } from "../isolate/globals.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import {
  finishJob,
  isWaiting,
  type Job,
  type JobState,
  runningJobs,
  startJob,
  waitingJobs,
} from "./scheduled-functions.ts";

/** The largest number of jobs that run at the same time, as in Convex's smallest deployment class. */
const MAX_CONCURRENT = 8;
/** The longest delay of a timer. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** A source of jobs: adds those that are due, and returns when the next one is. */
export type JobSource = { addDue(now: number): Promise<void>; nextDue(): number | null };

/** Runs the jobs. */
export class Scheduler {
  readonly #calls: EngineCalls;
  readonly #mutations: Mutations;
  readonly #runAction: (call: Invocation) => Promise<Outcome>;
  readonly #crons: JobSource;
  readonly #running = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #checking = false;
  #checkAgain = false;
  #started = false;

  constructor(
    calls: EngineCalls,
    mutations: Mutations,
    runAction: (call: Invocation) => Promise<Outcome>,
    crons: JobSource,
  ) {
    this.#calls = calls;
    this.#mutations = mutations;
    this.#runAction = runAction;
    this.#crons = crons;
  }

  /** Starts to run jobs, once functions are loaded. Jobs that the previous process did not finish have failed. */
  async start(): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      await this.#mutations.transact((transaction) => {
        for (const job of runningJobs(transaction.reader)) {
          finishJob(
            transaction,
            job,
            { kind: "failed", error: "Transient error while executing action" },
            realNow(),
          );
        }
      });
    }
    this.wake();
  }

  stop(): void {
    this.#started = false;
    realClearTimeout(this.#timer);
  }

  /** Checks for due jobs now. */
  wake(): void {
    if (!this.#started) return;
    if (this.#checking) {
      this.#checkAgain = true;
      return;
    }
    this.#checking = true;
    void this.#check().finally(() => {
      this.#checking = false;
      if (this.#checkAgain) {
        this.#checkAgain = false;
        this.wake();
      }
    });
  }

  async #check(): Promise<void> {
    realClearTimeout(this.#timer);
    const now = realNow();
    await this.#crons.addDue(now);
    const snapshot = this.#calls.engine.snapshot();
    let next: number | null = this.#crons.nextDue();
    try {
      const jobs = waitingJobs(
        this.#calls.engine.reader(snapshot),
        Number.POSITIVE_INFINITY,
        MAX_CONCURRENT + this.#running.size + 1,
      );
      for (const job of jobs) {
        if (this.#running.has(job.id)) continue;
        if (job.due > now) {
          next = Math.min(next ?? job.due, job.due);
          break;
        }
        if (this.#running.size >= MAX_CONCURRENT) break;
        void this.#run(job);
      }
    } finally {
      snapshot.close();
    }
    if (next !== null && this.#started) {
      this.#timer = realSetTimeout(() => this.wake(), Math.min(Math.max(0, next - realNow()), MAX_WAIT_MS));
    }
  }

  async #run(job: Job): Promise<void> {
    this.#running.add(job.id);
    try {
      const kind = this.#calls.kindOf(job.target);
      if (kind === "mutation") await this.#runMutation(job);
      else if (kind === "action") await this.#runAsAction(job);
      else
        await this.#finish(job, {
          kind: "failed",
          error: `${job.target.path} does not exist or cannot be scheduled.`,
        });
    } finally {
      this.#running.delete(job.id);
      this.wake();
    }
  }

  async #runMutation(job: Job): Promise<void> {
    const finish = (transaction: Transaction, state: JobState): void =>
      finishJob(transaction, job, state, realNow());
    await this.#mutations.runJob(invocationOf(job), (reader) => isWaiting(reader, job), finish);
  }

  async #runAsAction(job: Job): Promise<void> {
    let waiting = false;
    await this.#mutations.transact((transaction) => {
      waiting = isWaiting(transaction.reader, job);
      if (waiting) startJob(transaction, job);
    });
    if (!waiting) return;
    const outcome = await this.#runAction(invocationOf(job));
    await this.#finish(
      job,
      outcome.ok ? { kind: "success" } : { kind: "failed", error: outcome.errorMessage },
    );
  }

  async #finish(job: Job, state: JobState): Promise<void> {
    await this.#mutations.transact((transaction) => finishJob(transaction, job, state, realNow()));
  }
}

/** Scheduled functions run without an identity. */
function invocationOf(job: Job): Invocation {
  return { ...job.target, args: job.args, identity: null, caller: "internal", job: job.scheduled };
}
