/**
 * What queries and mutations share in the engine's thread: finding the function, its context, nested calls in the same
 * transaction, and giving other work of the thread a turn.
 */
import { randomInt } from "node:crypto";
import { setImmediate } from "node:timers";
import { ConflictRules, type ConflictRulesParts } from "../../conflicts/conflict-rules.ts";
import type { ConflictOptions } from "../../conflicts/pace.ts";
import type { Engine } from "../../engine/engine.ts";
import { Layer } from "../../engine/layer.ts";
import { Reader } from "../../engine/reader.ts";
import { canonicalPath } from "../../function-path.ts";
import { HighestUse } from "../../limits/highest-use.ts";
import { LIMITS } from "../../limits/limits.ts";
import { warningsOf } from "../../limits/warnings.ts";
import { realNow, realSetTimeout } from "../isolate/globals.ts";
import { seededRandom } from "../isolate/seeded-random.ts";
import { failCall } from "../isolate/uncaught-errors.ts";
import type { FunctionAddress, FunctionReference } from "../modules/function-address.ts";
import type { RegisteredFunction, Registry } from "../modules/registry.ts";
import type { NestedCall } from "../syscalls/call-syscalls.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { type CallContext, newContext } from "./call-context.ts";
import { CallRejectedError, nestedError, RetryableError } from "./call-errors.ts";
import { run } from "./function-runner.ts";

/** Convex's limit of calls inside calls. */
const MAX_DEPTH = 8;
/** How long the thread works before other work gets a turn, in ms. */
const TURN_MS = 8;

/** Prepares and nests the calls of the engine's thread. */
export class EngineCalls {
  readonly engine: Engine;
  /** The loaded functions. */
  registry: Registry | null = null;
  readonly highestUse = new HighestUse();
  readonly #report: CallContext["report"];
  #turnBegan = 0;

  /**
   * @param engine - The database.
   * @param log - Receives the warnings of calls that come close to a limit.
   */
  constructor(engine: Engine, log: (line: string) => void) {
    this.engine = engine;
    this.#report = ({ component, path, reader, logLines }, measures) => {
      if (!reader) return;
      this.highestUse.note(component, path, reader.usage, measures.userMs);
      for (const warning of warningsOf(reader.usage, measures)) {
        if (logLines.length < LIMITS.logLines) logLines.push(`[WARN] ${warning}`);
        log(`[${path}] warn: ${warning}`);
      }
    };
  }

  /** Runs a function in the transaction of the function that calls it. */
  async nested(context: CallContext, reference: FunctionReference, call: NestedCall): Promise<string> {
    const { kind } = call;
    if (kind === "mutation" && !context.transaction)
      throw new Error(`${context.path} is a query: it cannot run a mutation.`);
    this.check(reference);
    if (context.depth >= MAX_DEPTH)
      throw new Error("Cross component call depth limit exceeded. Do you have an infinite loop in your app?");
    const target = this.resolve(
      { ...reference, caller: "internal" },
      kind === "mutation" ? "mutation" : "query",
    );
    const turn = (context.nested ?? Promise.resolve()).then(() => this.#runNested(context, target, call));
    const done = turn.then(
      () => {},
      () => {},
    );
    context.nested = done;
    void done.then(() => {
      if (context.nested === done) context.nested = null;
    });
    return turn;
  }

  /** @throws {CallRejectedError} when the code that refers to the function cannot use it. */
  check(reference: FunctionReference): void {
    this.registry?.refer(reference);
  }

  /** Returns the conflict rules, which count the conflicts of each function. */
  conflictRules(
    options: ConflictOptions,
    exclusive: ConflictRulesParts["exclusive"],
    log: (line: string) => void,
  ): ConflictRules {
    return new ConflictRules({
      options,
      exclusive,
      openReads: this.engine.openReads,
      pace: {
        get now() {
          return performance.now();
        },
        sleep: (ms) => new Promise((resolve) => realSetTimeout(resolve, ms)),
        random: () => Math.random(),
      },
      onConflict: ({ component, path }, { table }, final) => {
        this.highestUse.conflict(component, path, table, final);
        if (final) log(`[${path}] error: every retry conflicted in table ${table}.`);
      },
    });
  }

  resolve(
    { component, path, caller }: FunctionAddress & { caller: "public" | "internal" },
    kind: "query" | "mutation",
  ): RegisteredFunction {
    if (!this.registry) throw new CallRejectedError("restarted", "No functions are loaded.");
    return this.registry.resolve({ component, path: canonicalPath(path) }, caller, kind);
  }

  /** Returns the kind of a scheduled function, or null if it does not exist or cannot be scheduled. */
  kindOf(target: FunctionAddress): "mutation" | "action" | null {
    try {
      const found = this.registry?.find(target);
      if (found === null) return "action";
      return found?.kind === "mutation" || found?.kind === "action" ? found.kind : null;
    } catch (error) {
      if (error instanceof CallRejectedError) return null;
      throw error;
    }
  }

  /** Gives other work of the thread a turn, if it has waited for a while. */
  async yieldTurn(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  /** Returns the context of a top-level call, with its own clock, random numbers and console. */
  context(
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
      report: this.#report,
      ...parts,
    };
  }

  /** Returns a check whether a string is an id of a table of this component. */
  idCheck(component: string): (table: string, id: string) => boolean {
    const { catalog } = this.engine;
    return (name, id) => {
      const table = catalog.tableIn(component, id);
      return table !== null && table === catalog.find(component, name);
    };
  }

  async #runNested(
    parent: CallContext,
    target: RegisteredFunction,
    { kind, args, limits }: NestedCall,
  ): Promise<string> {
    const mark = parent.transaction?.mark() ?? 0;
    const parentReader = parent.reader;
    if (!parentReader) throw new Error(`${parent.path} has no database.`);
    // The snapshot before this mutation is the store without the layer of the mutation.
    const reader =
      kind === "snapshotQuery"
        ? new Reader(this.engine.store, this.engine.catalog, new Layer(), parentReader)
        : parentReader;
    const { usage } = parentReader;
    const { limits: parentLimits } = usage;
    if (limits) usage.limits = usage.limitsWith(limits);
    const context: CallContext = {
      ...parent,
      kind: kind === "mutation" ? "mutation" : "query",
      component: target.component,
      path: target.path,
      reader,
      transaction: kind === "mutation" ? parent.transaction : null,
      streams: new Map(),
      journal: { before: null, after: null, used: false },
      operations: { open: 0, failed: false },
      depth: parent.depth + 1,
      nested: null,
      fail: null,
      time: null,
      report: null,
      finished: false,
    };
    try {
      return await run(target, args, context, this.idCheck(target.component));
    } catch (error) {
      if (kind === "mutation") parent.transaction?.rollback(mark);
      if (error instanceof RetryableError) failCall(parent, "uncaughtException", error);
      throw nestedError(error);
    } finally {
      usage.limits = parentLimits;
    }
  }
}
