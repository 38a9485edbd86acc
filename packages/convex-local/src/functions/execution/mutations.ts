/** Runs mutations one after another. Each is atomic and durable before its answer, and its key is stored with its writes. */
import { convexToJson } from "convex/values";
import type { Identity, MutationKey, Outcome } from "../../backend.ts";
import { type MutationAnswer, resolveTimestamps } from "../../engine/engine.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import { parseJson, parseValue } from "../../values/json.ts";
import type { JobState } from "../jobs/scheduled-functions.ts";
import type { FunctionAddress } from "../modules/function-address.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { type CallContext, newContext } from "./call-context.ts";
import { CommitError, toOutcome } from "./call-errors.ts";
import type { EngineCalls } from "./engine-calls.ts";
import { run } from "./function-runner.ts";

export type MutationResult = { ts: bigint; outcome: Outcome };

/** Runs mutations and other writes. */
export class Mutations {
  readonly #calls: EngineCalls;
  readonly #log: (line: string) => void;
  /** Settles when the last requested mutation has finished. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #inFlight = new Map<string, Promise<MutationResult>>();
  /** Called after every mutation, because it may have scheduled a function. */
  afterMutation: () => void = () => {};

  constructor(calls: EngineCalls, log: (line: string) => void) {
    this.#calls = calls;
    this.#log = log;
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
    await this.exclusive(async () => {
      const transaction = this.#calls.engine.begin();
      if (!wanted(transaction.reader)) return;
      const context = this.#calls.context(target, "mutation", call, {
        reader: transaction.reader,
        transaction,
      });
      try {
        await run(target, call.args, context, this.#calls.idCheck(target.component));
        finish(transaction, { kind: "success" });
        this.#commitOrFail(transaction, () => null);
      } catch (error) {
        if (error instanceof CommitError) throw error;
        const outcome = toOutcome(error, context.requestId, []);
        const failed = this.#calls.engine.begin();
        finish(failed, { kind: "failed", error: outcome.ok ? "" : outcome.errorMessage });
        this.#commitOrFail(failed, () => null);
        this.#log(`[${target.path}] scheduled function failed: ${outcome.ok ? "" : outcome.errorMessage}`);
      }
    });
    await this.#calls.engine.durable();
  }

  async #mutate(call: Invocation, key: MutationKey): Promise<MutationResult> {
    const target = this.#calls.resolve(call, "mutation");
    const answer = await this.exclusive(() => this.#runMutation(target, call, key));
    await this.#calls.engine.durable();
    this.afterMutation();
    return answer;
  }

  async #runMutation(
    target: RegisteredFunction,
    call: Invocation,
    key: MutationKey,
  ): Promise<MutationResult> {
    await this.#calls.yieldTurn();
    const transaction = this.#calls.engine.begin();
    const context = this.#calls.context(target, "mutation", call, {
      reader: transaction.reader,
      transaction,
    });
    try {
      const text = await run(target, call.args, context, this.#calls.idCheck(target.component));
      return this.#commit(transaction, text, context.logLines, key);
    } catch (error) {
      if (error instanceof CommitError) throw error;
      return {
        ts: this.#calls.engine.ts,
        outcome: toOutcome(error, context.requestId, context.logLines),
      };
    }
  }

  #commit(transaction: Transaction, text: string, logLines: string[], key: MutationKey): MutationResult {
    const pending = text.includes('"$commitTs":null');
    const ts = this.#commitOrFail(transaction, (ts) => {
      const value = pending ? resolved(text, ts) : text;
      return { session: key.sessionId, request: key.requestId, value, logLines };
    });
    return {
      ts,
      outcome: { ok: true, value: parseJson(pending ? resolved(text, ts) : text), logLines },
    };
  }

  #commitOrFail(transaction: Transaction, answerAt: (ts: bigint) => MutationAnswer | null): bigint {
    try {
      return this.#calls.engine.commit(transaction, answerAt);
    } catch (error) {
      throw new CommitError(error);
    }
  }
}

/** Returns JSON text with every unresolved commit timestamp replaced. */
function resolved(text: string, ts: bigint): string {
  return JSON.stringify(convexToJson(resolveTimestamps(parseValue(text), ts)));
}
