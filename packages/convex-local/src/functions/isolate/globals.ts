/**
 * Globals of functions in a worker, as in Convex's isolate: in queries and mutations the time is fixed, random numbers
 * are seeded, and timers and fetch throw. Console lines go to their call and to the log.
 */
import { inspect } from "node:util";
import { type CallContext, callStorage } from "../execution/call-context.ts";
import { guardCodeGeneration } from "./code-generation.ts";

/** The original globals, for the backend itself. */
export const realNow = Date.now.bind(Date);
export const realSetTimeout = setTimeout;
export const realClearTimeout = clearTimeout;

const RealDate = Date;
const realRandom = Math.random.bind(Math);

/** Limits of the console lines that a call returns: characters of a line, and lines. */
const MAX_LINE_LENGTH = 32_768;
const MAX_LINES = 256;

/**
 * Installs the globals.
 *
 * @param log - Receives console lines with their level and function.
 */
export function installGlobals(log: (line: string) => void): void {
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
  for (const level of ["debug", "log", "info", "warn", "error"] as const) {
    console[level] = (...values: unknown[]) => writeLine(level, values, log);
  }
  console.trace = (...values: unknown[]) => writeLine("error", ["Trace:", ...values], log);
  process.exit = () => {
    throw new Error("process.exit() is not supported in Convex functions.");
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

function writeLine(level: string, values: unknown[], log: (line: string) => void): void {
  const text = values
    .map((value) => inspect(value, { depth: 5 }))
    .join(" ")
    .slice(0, MAX_LINE_LENGTH);
  const context = callStorage.getStore();
  const line = `[${level.toUpperCase()}] ${text}`;
  if (context && context.logLines.length < MAX_LINES) context.logLines.push(line);
  const readable = values
    .map((value) => (typeof value === "string" ? value : inspect(value, { depth: 5 })))
    .join(" ");
  log(context ? `[${context.path}] ${level}: ${readable}` : `${level}: ${readable}`);
}
