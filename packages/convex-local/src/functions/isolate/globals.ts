/**
 * Globals of functions in a worker, as in Convex's isolate: in queries and mutations the time is fixed, random numbers
 * are seeded, and timers and fetch throw.
 */
import { type CallContext, callStorage } from "../execution/call-context.ts";
import { guardCodeGeneration } from "./code-generation.ts";
import { installConsole } from "./console.ts";
import { installStackTraces } from "./stack-frames.ts";
import { failCall } from "./uncaught-errors.ts";

/** The original globals, for the backend itself. */
export const realNow = Date.now.bind(Date);
export const realSetTimeout = setTimeout;
export const realClearTimeout = clearTimeout;

const RealDate = Date;
const realRandom = Math.random.bind(Math);

/**
 * Installs the globals.
 *
 * @param log - Receives console lines with their level and function.
 */
export function installGlobals(log: (line: string) => void): void {
  installStackTraces();
  globalThis.Date = new Proxy(RealDate, {
    construct(target, args, newTarget) {
      return Reflect.construct(
        target,
        args.length === 0 ? [fixedNow()] : args,
        newTarget === globalThis.Date ? target : newTarget,
      );
    },
    apply: () => new globalThis.Date().toString(),
    get: (target, property, receiver) =>
      property === "now" ? fixedNow : Reflect.get(target, property, receiver),
  });
  Math.random = () => callStorage.getStore()?.random?.() ?? realRandom();
  guardCodeGeneration(() => isDeterministic(callStorage.getStore()));
  for (const name of ["fetch", "setTimeout", "setInterval", "setImmediate"] as const)
    rejectInTransactions(name);
  installConsole(log);
  process.exit = (code) => {
    const how = code === undefined ? "no exit code" : `exit code ${code}`;
    const error = new Error(`process.exit() called with ${how}`);
    failCall(callStorage.getStore(), "process.exit", error);
    throw error;
  };
}

/** Returns whether the call must return the same result each time it runs. */
function isDeterministic(context: CallContext | undefined): boolean {
  return context?.kind === "query" || context?.kind === "mutation";
}

function fixedNow(): number {
  const context = callStorage.getStore();
  if (!context || context.now === null) return realNow();
  context.observed.clock = true;
  return context.now;
}

function rejectInTransactions(name: "fetch" | "setTimeout" | "setInterval" | "setImmediate"): void {
  const real = globalThis[name];
  const guarded = (...args: unknown[]): unknown => {
    if (isDeterministic(callStorage.getStore())) {
      throw new Error(
        `Can't use ${name}() in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for more details.`,
      );
    }
    return Reflect.apply(real, undefined, args);
  };
  // Keeps properties of the original, such as the promisified form of setTimeout.
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(real));
  Object.defineProperty(globalThis, name, { value: guarded, writable: true, configurable: true });
}
