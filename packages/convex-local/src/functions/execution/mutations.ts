/** Mutations: one after the other, each atomic, on the disk before it is answered, its key remembered with its effect. */
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import type { Identity, MutationKey, Outcome } from "../../backend.ts";
import { type MutationAnswer, substitute } from "../../engine/engine.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import type { JobState } from "../jobs/scheduled-functions.ts";
import type { FunctionAddress } from "../modules/function-address.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { type CallContext, newContext } from "./call-context.ts";
import { CommitFailed, toOutcome } from "./call-errors.ts";
import type { Calls } from "./engine-calls.ts";
import { run } from "./function-runner.ts";

export type MutationResult = { ts: bigint; outcome: Outcome };

export class Mutations {
  readonly #calls: Calls;
  readonly #log: (line: string) => void;
  /** Settles when the last mutation that was asked for is over. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #inFlight = new Map<string, Promise<MutationResult>>();
  /** Called after every mutation: it may have scheduled something. */
  afterMutation: () => void = () => {};

  constructor(calls: Calls, log: (line: string) => void) {
    this.#calls = calls;
    this.#log = log;
  }

  /** One mutation, on the disk when this resolves. The same key is run once. */
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

  /** What a mutation with this key was answered, if it was applied. */
  answerOf({ sessionId, requestId }: MutationKey): MutationResult | null {
    const stored = this.#calls.engine.store.answer(sessionId, requestId);
    if (!stored) return null;
    return {
      ts: stored.ts,
      outcome: { ok: true, value: JSON.parse(stored.value) as JSONValue, logLines: stored.logLines },
    };
  }

  /** Runs `work` when no mutation is running, and lets none start until it is done. */
  exclusive<T>(work: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Writes of the backend's own, on the disk when this resolves. */
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
        if (error instanceof CommitFailed) throw error;
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
    await this.#calls.breathe();
    const transaction = this.#calls.engine.begin();
    const context = this.#calls.context(target, "mutation", call, {
      reader: transaction.reader,
      transaction,
    });
    try {
      const text = await run(target, call.args, context, this.#calls.idCheck(target.component));
      return this.#commit(transaction, text, context.logLines, key);
    } catch (error) {
      if (error instanceof CommitFailed) throw error;
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
      outcome: { ok: true, value: JSON.parse(pending ? resolved(text, ts) : text) as JSONValue, logLines },
    };
  }

  #commitOrFail(transaction: Transaction, answerAt: (ts: bigint) => MutationAnswer | null): bigint {
    try {
      return this.#calls.engine.commit(transaction, answerAt);
    } catch (error) {
      throw new CommitFailed(error);
    }
  }
}

function resolved(text: string, ts: bigint): string {
  const value = substitute(jsonToConvex(JSON.parse(text) as JSONValue), ts);
  return JSON.stringify(convexToJson(value as Value));
}
