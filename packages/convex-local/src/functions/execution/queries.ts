/** Runs queries and subscriptions at a snapshot. */
import type { BackendEvent, Outcome, SubscriptionRequest, SubscriptionResult } from "../../backend.ts";
import type { Snapshot } from "../../engine/engine.ts";
import type { ReadSet } from "../../engine/read-set.ts";
import { serverError } from "../../failure.ts";
import { parseJson } from "../../values/json.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { CallRejectedError, RetryableError, toOutcome } from "./call-errors.ts";
import type { EngineCalls } from "./engine-calls.ts";
import { run } from "./function-runner.ts";

/** One run: its outcome, what it read, and where its page ended. */
type QueryRun<Reads> = { outcome: Outcome; reads: Reads; ended: string | null; readClock: boolean };

/** Runs queries, and remembers what subscriptions read. */
export class Queries {
  readonly #calls: EngineCalls;
  readonly #notify: (event: BackendEvent) => void;
  /** Running batches, with the subscriptions that were released in the meantime. */
  readonly #batches = new Set<{ ids: Set<number>; released: Set<number> }>();

  constructor(calls: EngineCalls, notify: (event: BackendEvent) => void) {
    this.#calls = calls;
    this.#notify = notify;
    calls.engine.onCommit((ts, stale) => notify({ type: "committed", ts, stale }));
  }

  async query(call: Invocation, at: bigint | null): Promise<{ ts: bigint; outcome: Outcome }> {
    const target = this.#calls.resolve(call, "query");
    const snapshot = this.#calls.engine.snapshot(at ?? undefined);
    try {
      const { outcome } = await this.#runQuery(target, call, snapshot, null);
      await this.#calls.engine.durable();
      return { ts: snapshot.ts, outcome };
    } finally {
      snapshot.close();
    }
  }

  /**
   * Runs a batch of subscriptions at one snapshot.
   *
   * @param requests - The subscriptions.
   * @param work - The id of the request, for the watchdog.
   */
  async evaluate(
    requests: readonly SubscriptionRequest[],
    work: number,
  ): Promise<{ ts: bigint; results: SubscriptionResult[] }> {
    const snapshot = this.#calls.engine.snapshot();
    const results: SubscriptionResult[] = [];
    const batch = { ids: new Set(requests.map(({ id }) => id)), released: new Set<number>() };
    this.#batches.add(batch);
    try {
      for (const { id, call, journal } of requests) {
        this.#calls.engine.subscriptions.delete(id);
        await this.#calls.yieldTurn();
        const { outcome, reads, ended, readClock } = await this.#runSubscription(
          { ...call, component: call.component ?? "", work: [work, id] },
          snapshot,
          journal,
        );
        if (reads && !batch.released.has(id)) this.#calls.engine.subscriptions.set(id, reads.ranges());
        results.push({ id, outcome, journal: ended, readClock });
      }
      await this.#calls.engine.durable();
      this.#notifyMissed(snapshot.ts, batch.ids);
      return { ts: snapshot.ts, results };
    } finally {
      this.#batches.delete(batch);
      snapshot.close();
    }
  }

  release(ids: readonly number[]): void {
    for (const id of ids) {
      this.#calls.engine.subscriptions.delete(id);
      for (const batch of this.#batches) if (batch.ids.has(id)) batch.released.add(id);
    }
  }

  async #runSubscription(
    call: Invocation,
    snapshot: Snapshot,
    journal: string | null,
  ): Promise<QueryRun<ReadSet | null>> {
    try {
      const target = this.#calls.resolve(call, "query");
      return await this.#runQuery(target, call, snapshot, journal);
    } catch (error) {
      if (!(error instanceof CallRejectedError)) throw error;
      return {
        outcome: { ok: false, errorMessage: serverError(error.message), logLines: [] },
        reads: null,
        ended: null,
        readClock: false,
      };
    }
  }

  async #runQuery(
    target: RegisteredFunction,
    call: Invocation,
    snapshot: Snapshot,
    journal: string | null,
  ): Promise<QueryRun<ReadSet>> {
    const reader = this.#calls.engine.reader(snapshot);
    const context = this.#calls.context(target, "query", call, {
      reader,
      snapshotTs: snapshot.ts,
      journal: { before: journal, after: null, used: false },
    });
    let outcome: Outcome;
    try {
      const value = await run(target, call.args, context, this.#calls.idCheck(target.component));
      outcome = {
        ok: true,
        value: parseJson(value),
        logLines: context.logLines,
      };
    } catch (error) {
      if (error instanceof RetryableError) throw error;
      outcome = toOutcome(error, context.requestId, context.logLines);
    }
    const { after: ended } = context.journal;
    return { outcome, reads: reader.reads, ended, readClock: context.observed.clock };
  }

  /** Notifies about commits after the snapshot that touch what was read. Their own events came before the read sets. */
  #notifyMissed(ts: bigint, evaluated: ReadonlySet<number>): void {
    for (const commit of this.#calls.engine.commitsSince(ts)) {
      const stale = [...this.#calls.engine.subscriptions.touchedBy(commit.written)].filter((id) =>
        evaluated.has(id),
      );
      if (stale.length > 0) this.#notify({ type: "committed", ts: commit.ts, stale });
    }
  }
}
