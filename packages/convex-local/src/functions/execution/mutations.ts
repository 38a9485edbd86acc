/** Runs mutations one after another. Each is atomic and durable before its answer, and its key is stored with its writes. */
import { convexToJson } from "convex/values";
import type { Identity, MutationKey, Outcome } from "../../backend.ts";
import {
  type Attempt,
  ConflictError,
  type ConflictRules,
  NoSlotError,
  type OptimisticMutation,
  TooManyWritesError,
} from "../../conflicts/conflict-rules.ts";
import type { ConflictOptions } from "../../conflicts/pace.ts";
import { type MutationAnswer, resolveTimestamps } from "../../engine/engine.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { NO_SLOT, OCC_FAILURE, TOO_MANY_WRITES } from "../../failure.ts";
import { parseJson, parseValue } from "../../values/json.ts";
import type { JobState } from "../jobs/scheduled-functions.ts";
import type { FunctionAddress } from "../modules/function-address.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { type CallContext, newContext } from "./call-context.ts";
import { CommitError, RetryableError, toOutcome } from "./call-errors.ts";
import type { EngineCalls } from "./engine-calls.ts";
import { run } from "./function-runner.ts";

export type MutationResult = { ts: bigint; outcome: Outcome };

/** Runs mutations and other writes. */
export class Mutations {
  readonly #calls: EngineCalls;
  readonly #log: (line: string) => void;
  /** Settles when the last requested mutation has finished. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #rules: ConflictRules | null;
  readonly #inFlight = new Map<string, Promise<MutationResult>>();
  /** Called after every mutation, because it may have scheduled a function. */
  afterMutation: () => void = () => {};
  /** Called after every scheduled mutation. */
  afterJob: (call: Invocation, outcome: Outcome, ms: number) => void = () => {};

  /**
   * @param calls - Runs the functions.
   * @param log - Receives failures.
   * @param conflicts - Options of the conflict rules; null if mutations run one after another.
   */
  constructor(calls: EngineCalls, log: (line: string) => void, conflicts: ConflictOptions | null) {
    this.#calls = calls;
    this.#log = log;
    const exclusive = this.exclusive.bind(this);
    this.#rules = conflicts && calls.conflictRules(conflicts, exclusive, log);
  }

  /** Runs one mutation, once per key. Durable when this resolves. */
  run(call: Invocation, key: MutationKey): Promise<MutationResult> {
    const name = `${key.sessionId}\n${key.requestId}`;
    const running = this.#inFlight.get(name);
    if (running) return running;
    const known = this.answerOf(key);
    if (known) return Promise.resolve(known);
    const work = this.#mutate(call, key).finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, work);
    return work;
  }

  /** Returns the answer to the mutation with this key, if it was applied. */
  answerOf({ sessionId, requestId }: MutationKey): MutationResult | null {
    const stored = this.#calls.engine.store.answer(sessionId, requestId);
    if (!stored) return null;
    return {
      ts: stored.ts,
      outcome: { ok: true, value: parseJson(stored.value), logLines: stored.logLines },
    };
  }

  /** Runs `work` while no mutation runs. */
  exclusive<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Runs writes of the backend itself. Durable when this resolves. */
  async transact<T>(work: (transaction: Transaction) => T): Promise<T> {
    const result = await this.exclusive(() => {
      const transaction = this.#calls.engine.begin();
      const value = work(transaction);
      this.#commitOrFail(transaction, () => null);
      return value;
    });
    await this.#calls.engine.durable();
    return result;
  }

  /** Runs writes of the backend with the context of a mutation of this component. */
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
   * Runs a scheduled mutation and marks it as finished in the same transaction.
   *
   * @param call - The call.
   * @param wanted - Returns whether it must still run.
   * @param finish - Marks it as finished.
   */
  async runJob(
    call: Invocation,
    wanted: (reader: Reader) => boolean,
    finish: (transaction: Transaction, state: JobState) => void,
  ): Promise<void> {
    const target = this.#calls.resolve(call, "mutation");
    await this.#optimistic({
      ...addressOf(target),
      scheduled: true,
      attempt: () => this.#attemptJob(target, call, wanted, finish),
    });
    await this.#calls.engine.durable();
  }

  async #attemptJob(
    target: RegisteredFunction,
    call: Invocation,
    wanted: (reader: Reader) => boolean,
    finish: (transaction: Transaction, state: JobState) => void,
  ): Promise<Attempt<void>> {
    const transaction = this.#calls.engine.begin();
    if (!wanted(transaction.reader)) return { reads: null, finish: () => {}, writtenBytes: () => 0 };
    const context = this.#calls.context(target, "mutation", call, {
      reader: transaction.reader,
      transaction,
    });
    const { logLines } = context;
    const began = performance.now();
    try {
      await run(target, call.args, context, this.#calls.idCheck(target.component));
      finish(transaction, { kind: "success" });
      const ms = performance.now() - began;
      return {
        reads: transaction.reader.reads,
        finish: () => {
          this.#commitOrFail(transaction, () => null, target.path);
          this.afterJob(call, { ok: true, value: null, logLines }, ms);
        },
        writtenBytes: () => transaction.bytes,
      };
    } catch (error) {
      if (error instanceof CommitError) throw error;
      const outcome = toOutcome(error, context.requestId, logLines);
      const ms = performance.now() - began;
      const message = outcome.ok ? "" : outcome.errorMessage;
      return {
        reads: null,
        finish: () => {
          const failed = this.#calls.engine.begin();
          finish(failed, { kind: "failed", error: message });
          this.#commitOrFail(failed, () => null);
          this.afterJob(call, outcome, ms);
          this.#log(`[${target.path}] scheduled function failed: ${message}`);
        },
        writtenBytes: () => 0,
      };
    }
  }

  async #mutate(call: Invocation, key: MutationKey): Promise<MutationResult> {
    const target = this.#calls.resolve(call, "mutation");
    const answer = await this.#optimistic({
      ...addressOf(target),
      scheduled: false,
      attempt: () => this.#attempt(target, call, key),
    });
    await this.#calls.engine.durable();
    this.afterMutation();
    return answer;
  }

  /** Runs a mutation by the conflict rules, or alone without them. */
  async #optimistic<T>(mutation: OptimisticMutation<T>): Promise<T> {
    if (!this.#rules) return this.exclusive(async () => (await mutation.attempt()).finish());
    try {
      return await this.#rules.run(mutation);
    } catch (error) {
      if (error instanceof ConflictError) throw new RetryableError(OCC_FAILURE, error.message);
      if (error instanceof NoSlotError) throw new RetryableError(NO_SLOT, error.message);
      if (error instanceof TooManyWritesError) throw new RetryableError(TOO_MANY_WRITES, error.message);
      throw error;
    }
  }

  async #attempt(
    target: RegisteredFunction,
    call: Invocation,
    key: MutationKey,
  ): Promise<Attempt<MutationResult>> {
    await this.#calls.yieldTurn();
    const transaction = this.#calls.engine.begin();
    const context = this.#calls.context(target, "mutation", call, {
      reader: transaction.reader,
      transaction,
    });
    try {
      const text = await run(target, call.args, context, this.#calls.idCheck(target.component));
      return {
        reads: transaction.reader.reads,
        finish: () => this.#commit(transaction, text, context, key),
        writtenBytes: () => transaction.bytes,
      };
    } catch (error) {
      if (error instanceof CommitError || error instanceof RetryableError) throw error;
      const outcome = toOutcome(error, context.requestId, context.logLines);
      return {
        reads: null,
        finish: () => ({ ts: this.#calls.engine.ts, outcome }),
        writtenBytes: () => 0,
      };
    }
  }

  #commit(
    transaction: Transaction,
    text: string,
    { logLines, path }: CallContext,
    key: MutationKey,
  ): MutationResult {
    const pending = text.includes('"$commitTs":null');
    const answerAt = (ts: bigint): MutationAnswer => {
      const value = pending ? resolved(text, ts) : text;
      return { session: key.sessionId, request: key.requestId, value, logLines };
    };
    const ts = this.#commitOrFail(transaction, answerAt, path);
    return {
      ts,
      outcome: { ok: true, value: parseJson(pending ? resolved(text, ts) : text), logLines },
    };
  }

  #commitOrFail(
    transaction: Transaction,
    answerAt: (ts: bigint) => MutationAnswer | null,
    writer: string | null = null,
  ): bigint {
    try {
      return this.#calls.engine.commit(transaction, answerAt, writer);
    } catch (error) {
      throw new CommitError(error);
    }
  }
}

function addressOf({ component, path }: RegisteredFunction): FunctionAddress {
  return { component, path };
}

/** Returns JSON text with every unresolved commit timestamp replaced. */
function resolved(text: string, ts: bigint): string {
  return JSON.stringify(convexToJson(resolveTimestamps(parseValue(text), ts)));
}
