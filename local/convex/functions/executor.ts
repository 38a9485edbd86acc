/**
 * The engine and the functions together: queries at a snapshot, mutations one after the other, subscriptions that know
 * what they read. All of it in the engine's thread.
 */
import { randomInt } from "node:crypto";
import { setImmediate } from "node:timers";
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import type {
  BackendEvent,
  Identity,
  MutationKey,
  Outcome,
  SubscriptionRequest,
  SubscriptionResult,
} from "../backend.ts";
import { type Engine, type MutationAnswer, type Snapshot, substitute } from "../engine/engine.ts";
import { Layer } from "../engine/layer.ts";
import type { ReadSet } from "../engine/read-set.ts";
import { newUsage, Reader } from "../engine/reader.ts";
import type { Transaction } from "../engine/transaction.ts";
import { canonicalPath, type FunctionAddress } from "./address.ts";
import type { NestedKind } from "./call-syscalls.ts";
import { seededRandom } from "./chance.ts";
import { type CallContext, newContext } from "./context.ts";
import { CallRefused, CommitFailed, toOutcome } from "./errors.ts";
import { realNow } from "./globals.ts";
import type { JobState } from "./jobs.ts";
import type { Invocation } from "./messages.ts";
import type { RegisteredFunction, Registry } from "./registry.ts";
import { run } from "./runner.ts";

/** After so long without a break other work of the thread gets its turn, in ms. */
const TURN_MS = 8;

export class Executor {
  readonly engine: Engine;
  readonly #tell: (event: BackendEvent) => void;
  readonly #log: (line: string) => void;
  registry: Registry | null = null;
  #mutations: Promise<unknown> = Promise.resolve();
  readonly #inFlight = new Map<string, Promise<{ ts: bigint; outcome: Outcome }>>();
  #turnBegan = 0;
  /** Called after every mutation: it may have scheduled something. */
  afterMutation: () => void = () => {};

  constructor(engine: Engine, tell: (event: BackendEvent) => void, log: (line: string) => void) {
    this.#log = log;
    this.engine = engine;
    this.#tell = tell;
    engine.onCommit((ts, stale) => tell({ type: "committed", ts, stale }));
  }

  async query(call: Invocation, at: bigint | null): Promise<{ ts: bigint; outcome: Outcome }> {
    const target = this.resolve(call, "query");
    const snapshot = this.engine.snapshot(at ?? undefined);
    try {
      const { outcome } = await this.#runQuery(target, call, snapshot, null);
      await this.engine.durable();
      return { ts: snapshot.ts, outcome };
    } finally {
      snapshot.close();
    }
  }

  /** @param work the number under which the watchdog knows this batch */
  async evaluate(
    requests: readonly SubscriptionRequest[],
    work: number,
  ): Promise<{ ts: bigint; results: SubscriptionResult[] }> {
    const snapshot = this.engine.snapshot();
    const results: SubscriptionResult[] = [];
    try {
      for (const { id, call, journal } of requests) {
        this.engine.subscriptions.delete(id);
        await this.breathe();
        const { outcome, reads, ended } = await this.#runSubscription(
          { ...call, component: "", work: [work, id] },
          snapshot,
          journal,
        );
        if (reads) this.engine.subscriptions.set(id, reads.ranges());
        results.push({ id, outcome, journal: ended });
      }
      await this.engine.durable();
      this.#tellMissed(snapshot.ts, requests);
      return { ts: snapshot.ts, results };
    } finally {
      snapshot.close();
    }
  }

  /** One mutation, on the disk when this resolves. The same key is run once. */
  mutation(call: Invocation, key: MutationKey): Promise<{ ts: bigint; outcome: Outcome }> {
    const name = `${key.sessionId}\n${key.requestId}`;
    const running = this.#inFlight.get(name);
    if (running) return running;
    const known = this.answerOf(key);
    if (known) return Promise.resolve(known);
    const work = this.#mutate(call, key).finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, work);
    return work;
  }

  /** What a mutation with this key was answered, if it was applied. */
  answerOf({ sessionId, requestId }: MutationKey): { ts: bigint; outcome: Outcome } | null {
    const stored = this.engine.store.answer(sessionId, requestId);
    if (!stored) return null;
    return {
      ts: stored.ts,
      outcome: { ok: true, value: JSON.parse(stored.value) as JSONValue, logLines: stored.logLines },
    };
  }

  /** Runs `work` when no mutation is running, and lets none start until it is done. */
  exclusive<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.#mutations.then(work);
    this.#mutations = result.catch(() => {});
    return result;
  }

  /** Writes of the backend's own, on the disk when this resolves. */
  async transact<T>(work: (transaction: Transaction) => T): Promise<T> {
    const result = await this.exclusive(() => {
      const transaction = this.engine.begin();
      const value = work(transaction);
      this.#commitOrFail(transaction, () => null);
      return value;
    });
    await this.engine.durable();
    return result;
  }

  /** The same, with a context such as a mutation of that component would have. */
  transactAs<T>(
    target: FunctionAddress,
    identity: Identity | null,
    work: (context: CallContext) => T,
  ): Promise<T> {
    return this.transact((transaction) => {
      const call = { identity };
      return work({ ...newContext(target, "mutation", call), reader: transaction.reader, transaction });
    });
  }

  /**
   * A mutation that is a scheduled job: in the same transaction it is noted as done.
   * @param wanted asked first: whether it is still to be run
   */
  async mutationJob(
    call: Invocation,
    wanted: (reader: Reader) => boolean,
    finish: (transaction: Transaction, state: JobState) => void,
  ): Promise<void> {
    const target = this.resolve(call, "mutation");
    await this.exclusive(async () => {
      const transaction = this.engine.begin();
      if (!wanted(transaction.reader)) return;
      const context = this.#context(target, "mutation", call, { reader: transaction.reader, transaction });
      try {
        await run(target, call.args, context, this.idCheck(target.component));
        finish(transaction, { kind: "success" });
        this.#commitOrFail(transaction, () => null);
      } catch (error) {
        if (error instanceof CommitFailed) throw error;
        const outcome = toOutcome(error, context.requestId, []);
        const failed = this.engine.begin();
        finish(failed, { kind: "failed", error: outcome.ok ? "" : outcome.errorMessage });
        this.#commitOrFail(failed, () => null);
        this.#log(`[${target.path}] scheduled function failed: ${outcome.ok ? "" : outcome.errorMessage}`);
      }
    });
    await this.engine.durable();
  }

  /** What kind of function a job names; null where there is none that can run as a job. */
  kindOf(target: FunctionAddress): "mutation" | "action" | null {
    try {
      const found = this.registry?.find(target);
      if (found === null) return "action";
      return found?.kind === "mutation" || found?.kind === "action" ? found.kind : null;
    } catch (error) {
      if (error instanceof CallRefused) return null;
      throw error;
    }
  }

  /** A function called from inside another one's transaction. */
  async nested(
    context: CallContext,
    address: FunctionAddress,
    kind: NestedKind,
    args: JSONValue,
  ): Promise<string> {
    if (kind === "mutation" && !context.transaction)
      throw new Error(`${context.path} is a query: it cannot run a mutation.`);
    const target = this.resolve(
      { ...address, caller: "internal" },
      kind === "mutation" ? "mutation" : "query",
    );
    const turn = context.nested.then(() => this.#runNested(context, target, kind, args));
    context.nested = turn.catch(() => {});
    return turn;
  }

  resolve(
    { component, path, caller }: FunctionAddress & { caller: "public" | "internal" },
    kind: "query" | "mutation",
  ): RegisteredFunction {
    if (!this.registry) throw new CallRefused("restarted", "No functions are loaded.");
    return this.registry.resolve({ component, path: canonicalPath(path) }, caller, kind);
  }

  /** Lets the thread's other work run, where this has been going on for a while. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  /** A context for a call at the top: an own clock, chance and console. */
  #context(
    target: FunctionAddress,
    kind: "query" | "mutation",
    call: Invocation,
    parts: Partial<CallContext>,
  ): CallContext {
    return {
      ...newContext(target, kind, call),
      now: realNow(),
      random: seededRandom(randomInt(2 ** 32)),
      snapshotTs: this.engine.ts,
      ...parts,
    };
  }

  async #runSubscription(
    call: Invocation,
    snapshot: Snapshot,
    journal: string | null,
  ): Promise<{ outcome: Outcome; reads: ReadSet | null; ended: string | null }> {
    try {
      const target = this.resolve(call, "query");
      return await this.#runQuery(target, call, snapshot, journal);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      return { outcome: { ok: false, errorMessage: error.message, logLines: [] }, reads: null, ended: null };
    }
  }

  async #runQuery(
    target: RegisteredFunction,
    call: Invocation,
    snapshot: Snapshot,
    journal: string | null,
  ): Promise<{ outcome: Outcome; reads: ReadSet; ended: string | null }> {
    const reader = this.engine.reader(snapshot);
    const context = this.#context(target, "query", call, {
      reader,
      snapshotTs: snapshot.ts,
      journal: { before: journal, after: null, used: false },
    });
    let outcome: Outcome;
    try {
      const value = await run(target, call.args, context, this.idCheck(target.component));
      outcome = {
        ok: true,
        value: JSON.parse(value) as JSONValue,
        logLines: context.logLines,
      };
    } catch (error) {
      outcome = toOutcome(error, context.requestId, context.logLines);
    }
    return { outcome, reads: reader.reads, ended: context.journal.after };
  }

  async #mutate(call: Invocation, key: MutationKey): Promise<{ ts: bigint; outcome: Outcome }> {
    const target = this.resolve(call, "mutation");
    const answer = await this.exclusive(() => this.#runMutation(target, call, key));
    await this.engine.durable();
    this.afterMutation();
    return answer;
  }

  async #runMutation(
    target: RegisteredFunction,
    call: Invocation,
    key: MutationKey,
  ): Promise<{ ts: bigint; outcome: Outcome }> {
    await this.breathe();
    const transaction = this.engine.begin();
    const context = this.#context(target, "mutation", call, {
      reader: transaction.reader,
      transaction,
    });
    try {
      const text = await run(target, call.args, context, this.idCheck(target.component));
      return this.#commit(transaction, text, context.logLines, key);
    } catch (error) {
      if (error instanceof CommitFailed) throw error;
      return {
        ts: this.engine.ts,
        outcome: toOutcome(error, context.requestId, context.logLines),
      };
    }
  }

  #commit(
    transaction: Transaction,
    text: string,
    logLines: string[],
    key: MutationKey,
  ): { ts: bigint; outcome: Outcome } {
    const pending = text.includes('"$commitTs":null');
    const ts = this.#commitOrFail(transaction, (ts) => {
      const value = pending ? resolved(text, ts) : text;
      return key === null ? null : { session: key.sessionId, request: key.requestId, value, logLines };
    });
    return {
      ts,
      outcome: { ok: true, value: JSON.parse(pending ? resolved(text, ts) : text) as JSONValue, logLines },
    };
  }

  #commitOrFail(transaction: Transaction, answerAt: (ts: bigint) => MutationAnswer | null): bigint {
    try {
      return this.engine.commit(transaction, answerAt);
    } catch (error) {
      throw new CommitFailed(error);
    }
  }

  async #runNested(
    parent: CallContext,
    target: RegisteredFunction,
    kind: NestedKind,
    args: JSONValue,
  ): Promise<string> {
    const mark = parent.transaction?.mark() ?? 0;
    const parentReader = parent.reader;
    if (!parentReader) throw new Error(`${parent.path} has no database.`);
    // A stale snapshot is the state before this mutation: the store without the mutation's own layer.
    const reader =
      kind === "snapshotQuery"
        ? new Reader(this.engine.store, this.engine.catalog, new Layer(), parentReader.reads, newUsage())
        : parentReader;
    const context: CallContext = {
      ...parent,
      kind: kind === "mutation" ? "mutation" : "query",
      component: target.component,
      path: target.path,
      reader,
      transaction: kind === "mutation" ? parent.transaction : null,
      streams: new Map(),
      journal: { before: null, after: null, used: false },
      nested: Promise.resolve(),
      over: false,
    };
    try {
      return await run(target, args, context, this.idCheck(target.component));
    } catch (error) {
      parent.transaction?.rollback(mark);
      throw error;
    }
  }

  /** Tells of commits that came after the snapshot and touch what was read there: their own event named nobody yet. */
  #tellMissed(ts: bigint, requests: readonly SubscriptionRequest[]): void {
    const evaluated = new Set(requests.map(({ id }) => id));
    for (const commit of this.engine.commitsSince(ts)) {
      const stale = [...this.engine.subscriptions.touchedBy(commit.written)].filter((id) =>
        evaluated.has(id),
      );
      if (stale.length > 0) this.#tell({ type: "committed", ts: commit.ts, stale });
    }
  }

  idCheck(component: string): (table: string, id: string) => boolean {
    const { catalog } = this.engine;
    return (name, id) => {
      const table = catalog.tableOf(id);
      return table !== null && table === catalog.find(component, name);
    };
  }
}

function resolved(text: string, ts: bigint): string {
  const value = substitute(jsonToConvex(JSON.parse(text) as JSONValue), ts);
  return JSON.stringify(convexToJson(value as Value));
}
