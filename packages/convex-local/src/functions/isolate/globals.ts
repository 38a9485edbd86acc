/**
 * The globals that functions see in a worker. In a query or mutation time stands still, chance has a seed, and timers
 * and fetch are refused, as in Convex's isolate; console lines go to the call that wrote them, and to the log.
 */
import { inspect } from "node:util";
import { type CallContext, callStorage } from "../execution/call-context.ts";

/** The real ones, for this program's own use. */
export const realNow = Date.now.bind(Date);
export const realSetTimeout = setTimeout;
export const realClearTimeout = clearTimeout;

const RealDate = Date;
const realRandom = Math.random.bind(Math);

/** Longest console line kept, in characters. */
const LONGEST_LINE = 32_768;
const MOST_LINES = 256;

/** @param log where console lines go, level and function named */
export function installGlobals(log: (line: string) => void): void {
  globalThis.Date = new Proxy(RealDate, {
    construct(target, args, newTarget) {
      const now = args.length === 0 ? callStorage.getStore()?.now : undefined;
      return Reflect.construct(
        target,
        typeof now === "number" ? [now] : args,
        newTarget === globalThis.Date ? target : newTarget,
      ) as object;
    },
    apply: () => new globalThis.Date().toString(),
    get: (target, property, receiver) =>
      property === "now" ? fixedNow : (Reflect.get(target, property, receiver) as unknown),
  });
  Math.random = () => callStorage.getStore()?.random?.() ?? realRandom();
  for (const name of ["fetch", "setTimeout", "setInterval", "setImmediate"] as const)
    refuseInTransactions(name);
  for (const level of ["debug", "log", "info", "warn", "error"] as const) {
    console[level] = (...values: unknown[]) => writeLine(level, values, log);
  }
  console.trace = (...values: unknown[]) => writeLine("error", ["Trace:", ...values], log);
  process.exit = () => {
    throw new Error("process.exit() is not supported in Convex functions.");
  };
}

/** Whether the call must give the same result each time it is run. */
function isDeterministic(context: CallContext | undefined): boolean {
  return context?.kind === "query" || context?.kind === "mutation";
}

function fixedNow(): number {
  return callStorage.getStore()?.now ?? realNow();
}

function refuseInTransactions(name: "fetch" | "setTimeout" | "setInterval" | "setImmediate"): void {
  const real = globalThis[name] as (...args: unknown[]) => unknown;
  const guarded = (...args: unknown[]): unknown => {
    if (isDeterministic(callStorage.getStore())) {
      throw new Error(
        `Can't use ${name}() in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for more details.`,
      );
    }
    return real(...args);
  };
  // Keeps what hangs on the real one, such as setTimeout's promisified form.
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(real));
  Object.defineProperty(globalThis, name, { value: guarded, writable: true, configurable: true });
}

function writeLine(level: string, values: unknown[], log: (line: string) => void): void {
  const text = values
    .map((value) => inspect(value, { depth: 5 }))
    .join(" ")
    .slice(0, LONGEST_LINE);
  const context = callStorage.getStore();
  const line = `[${level.toUpperCase()}] ${text}`;
  if (context && context.logLines.length < MOST_LINES) context.logLines.push(line);
  const readable = values
    .map((value) => (typeof value === "string" ? value : inspect(value, { depth: 5 })))
    .join(" ");
  log(context ? `[${context.path}] ${level}: ${readable}` : `${level}: ${readable}`);
}
