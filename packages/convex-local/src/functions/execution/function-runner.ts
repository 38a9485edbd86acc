/**
 * Runs one function: checks its arguments, enforces its time limit, and checks its result. The caller commits the
 * transaction of its context.
 */
import { setImmediate } from "node:timers";
import { type JSONValue, jsonToConvex, type Value } from "convex/values";
import { CallTime } from "../../limits/call-time.ts";
import { LIMITS } from "../../limits/limits.ts";
import { CallMemory } from "../../limits/memory.ts";
import { parseValue } from "../../values/json.ts";
import { checkArguments, checkResult, checkShape, mayBeLarge, mayBeMisshapen } from "../../values/limits.ts";
import { describeViolation, findViolation, type IdCheck } from "../../values/validator.ts";
import { realClearTimeout, realSetTimeout } from "../isolate/globals.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import { beginCall, type CallContext, callStorage, endCall } from "./call-context.ts";
import { CallFailedError } from "./call-errors.ts";
import { watchForDeadlock } from "./deadlocks.ts";

const STEPS = 10;
/** How many times as long a call may take on a busy machine. */
const PATIENCE = 5;
/** More microtasks than lie between an operation and the code that awaits it. */
const IDLE_TICKS = 16;
/** Time limit of actions in ms, as in Convex. */
const ACTION_MS = 600_000;

/** What decides the limits of a call and how they are reported. */
type Limited = Pick<RegisteredFunction, "kind" | "node" | "path">;

/**
 * Runs a function.
 *
 * @param target - The function.
 * @param args - Its arguments: one object in Convex's JSON.
 * @param context - The context of the call.
 * @param isId - Checks ids in arguments and result.
 * @returns The result as Convex's JSON text.
 * @throws {unknown} what the function throws.
 * @throws {CallFailedError} when the arguments, the result or the time limit are violated, or no code handles an error.
 */
export async function run(
  target: RegisteredFunction,
  args: JSONValue,
  context: CallContext,
  isId: IdCheck,
): Promise<string> {
  const argumentText = JSON.stringify([args]);
  const argumentBytes = checkArgs(target, args, argumentText, isId);
  const time = new CallTime();
  const memory = target.kind === "action" ? null : new CallMemory();
  let resultBytes = 0;
  context.time = time;
  beginCall(context);
  try {
    const result = await within(target, context, async () => {
      const returned = await callStorage.run(context, () => target.invoke(context.requestId, argumentText));
      if (target.kind !== "action") await finishOperations(context);
      return returned;
    });
    checked(() => memory?.check());
    resultBytes = checkReturned(target, result, isId);
    return result;
  } finally {
    endCall(context);
    context.report?.(context, { argumentBytes, resultBytes, userMs: time.measure() });
  }
}

/** Returns the size of the arguments, 0 if it is far below the limit. */
function checkArgs(target: RegisteredFunction, args: JSONValue, text: string, isId: IdCheck): number {
  const module = target.path.replace(":", ".js:");
  const value: Value = checked(() => jsonToConvex(args), `Invalid arguments for ${module}: `);
  const size = checked(() => {
    checkShape(value);
    return mayBeLarge(text, LIMITS.argumentBytes) ? checkArguments(target.path, value) : 0;
  });
  if (target.args.type === "any") {
    if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof ArrayBuffer) {
      throw new CallFailedError(
        "ArgumentValidationError: The arguments to a Convex function must be an object.",
      );
    }
    return size;
  }
  const violation = findViolation(target.args, value, isId);
  if (violation) throw new CallFailedError(`ArgumentValidationError: ${describeViolation(violation)}`);
  return size;
}

/** Returns the size of a result, 0 if it is far below the limit. */
function checkReturned(target: RegisteredFunction, text: string, isId: IdCheck): number {
  const large = mayBeLarge(text, LIMITS.resultBytes);
  if (target.returns === null && !large && !mayBeMisshapen(text)) return 0;
  const value = parseValue(text);
  checked(() => checkShape(value), `Function ${target.path} return value invalid: `);
  const size = large ? checked(() => checkResult(target.path, value)) : 0;
  const violation = target.returns && findViolation(target.returns, value, isId);
  if (violation) throw new CallFailedError(`ReturnsValidationError: ${describeViolation(violation)}`);
  return size;
}

/** Runs a check of the backend. Its error is the whole message for the caller. */
function checked<T>(check: () => T, prefix = ""): T {
  try {
    return check();
  } catch (error) {
    throw new CallFailedError(`${prefix}${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Runs code of a call until it settles, the time is over, or an error outside of its promises fails it. The limit applies
 * to the time of the user's code, in actions to all of the time.
 *
 * @throws {CallFailedError} when the time is over, or nothing can settle an action any more.
 */
export async function within<T>(target: Limited, context: CallContext, start: () => Promise<T>): Promise<T> {
  const ms = target.kind === "action" ? ACTION_MS : LIMITS.transactionMs;
  let timer: NodeJS.Timeout | undefined;
  let late = (): void => {};
  const failed = new Promise<never>((_resolve, reject) => {
    // Not a closure: with one, the garbage of each call survived until the next full collection (measured on Node 24).
    context.fail = reject;
    const time = target.kind === "action" ? null : context.time;
    let steps = 0;
    const step = (): void => {
      const most = time === null ? STEPS : STEPS * PATIENCE;
      if (steps++ < most && (time === null || time.measure() <= ms)) timer = realSetTimeout(step, ms / STEPS);
      else late();
    };
    late = () => reject(new CallFailedError(timeoutMessage(target, ms)));
    step();
  });
  try {
    const work = target.kind === "action" ? watchForDeadlock(start, late) : start();
    return await Promise.race([work, failed]);
  } finally {
    realClearTimeout(timer);
  }
}

/**
 * Waits for what a query or mutation has started without awaiting it, as Convex does: its writes are committed, and its
 * errors fail the call. Without such operations, the thread does nothing else in between, so that mutations can share a
 * commit.
 */
async function finishOperations({ operations }: CallContext): Promise<void> {
  for (let tick = 0; tick < IDLE_TICKS; tick++) {
    if (operations.open === 0) await null;
    else {
      await nextTurn();
      tick = 0;
    }
  }
  // Node reports rejected promises after the microtasks.
  if (operations.failed) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function timeoutMessage({ node, path }: Limited, ms: number): string {
  const name = path.slice(path.lastIndexOf(":") + 1);
  return node
    ? `Action \`${name}\` execution timed out (maximum duration ${ms / 1000}s)`
    : `Function execution timed out (maximum duration: ${ms / 1000}s)`;
}
