/**
 * What running a query and running a mutation have in common, in the engine's thread: finding the function, a context for
 * it, calls from one function to another inside one transaction, and letting the thread breathe.
 */
import { randomInt } from "node:crypto";
import { setImmediate } from "node:timers";
import type { JSONValue } from "convex/values";
import type { Engine } from "../../engine/engine.ts";
import { Layer } from "../../engine/layer.ts";
import { newUsage, Reader } from "../../engine/reader.ts";
import { realNow } from "../isolate/globals.ts";
import { seededRandom } from "../isolate/seeded-random.ts";
import { canonicalPath, type FunctionAddress } from "../modules/function-address.ts";
import type { RegisteredFunction, Registry } from "../modules/registry.ts";
import type { NestedKind } from "../syscalls/call-syscalls.ts";
import type { Invocation } from "../threads/thread-messages.ts";
import { type CallContext, newContext } from "./call-context.ts";
import { CallRefused } from "./call-errors.ts";
import { run } from "./function-runner.ts";

/** After so long without a break other work of the thread gets its turn, in ms. */
const TURN_MS = 8;

export class Calls {
  readonly engine: Engine;
  /** The functions, once some are loaded. */
  registry: Registry | null = null;
  #turnBegan = 0;

  constructor(engine: Engine) {
    this.engine = engine;
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
    const turn = (context.nested ?? Promise.resolve()).then(() =>
      this.#runNested(context, target, kind, args),
    );
    const over = turn.then(
      () => {},
      () => {},
    );
    context.nested = over;
    void over.then(() => {
      if (context.nested === over) context.nested = null;
    });
    return turn;
  }

  resolve(
    { component, path, caller }: FunctionAddress & { caller: "public" | "internal" },
    kind: "query" | "mutation",
  ): RegisteredFunction {
    if (!this.registry) throw new CallRefused("restarted", "No functions are loaded.");
    return this.registry.resolve({ component, path: canonicalPath(path) }, caller, kind);
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

  /** Lets the thread's other work run, where this has been going on for a while. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  /** A context for a call at the top: an own clock, chance and console. */
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
      ...parts,
    };
  }

  /** Whether a string is an id of a table, as functions of this component name it. */
  idCheck(component: string): (table: string, id: string) => boolean {
    const { catalog } = this.engine;
    return (name, id) => {
      const table = catalog.tableOf(id);
      return table !== null && table === catalog.find(component, name);
    };
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
      nested: null,
      over: false,
    };
    try {
      return await run(target, args, context, this.idCheck(target.component));
    } catch (error) {
      if (kind === "mutation") parent.transaction?.rollback(mark);
      throw error;
    }
  }
}
