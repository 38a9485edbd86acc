/**
 * Runs one function: checks its arguments, enforces its time limit, and checks its result. The caller commits the
 * transaction of its context.
 */
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
import { ArgumentValidationError, ReturnsValidationError } from "./call-errors.ts";

const STEPS = 10;
/** How many times as long a call may take on a busy machine. */
const PATIENCE = 5;
/** Time limit of actions in ms, as in Convex. */
const ACTION_MS = 600_000;

/**
 * Runs a function.
 *
 * @param target - The function.
 * @param args - Its arguments: one object in Convex's JSON.
 * @param context - The context of the call.
 * @param isId - Checks ids in arguments and result.
 * @returns The result as Convex's JSON text.
 * @throws {unknown} what the function throws.
 * @throws {Error} when the arguments, the result or the time limit are violated.
 */
export async function run(
  target: RegisteredFunction,
  args: JSONValue,
  context: CallContext,
  isId: IdCheck,
): Promise<string> {
  const argumentText = JSON.stringify([args]);
  const argumentBytes = checkArgs(target, args, argumentText, isId);
  const transaction = target.kind !== "action";
  const time = new CallTime();
  const memory = transaction ? new CallMemory() : null;
  let resultBytes = 0;
  context.time = time;
  beginCall(context);
  try {
    const result = await within(
      transaction ? LIMITS.transactionMs : ACTION_MS,
      transaction ? time : null,
      callStorage.run(context, () => target.invoke(context.requestId, argumentText)),
    );
    memory?.check();
    resultBytes = checkReturned(target, result, isId);
    return result;
  } finally {
    endCall(context);
    context.report?.(context, { argumentBytes, resultBytes, userMs: time.measure() });
  }
}

/** Returns the size of the arguments, 0 if it is far below the limit. */
function checkArgs(target: RegisteredFunction, args: JSONValue, text: string, isId: IdCheck): number {
  let value: Value;
  try {
    value = jsonToConvex(args);
  } catch (error) {
    throw new ArgumentValidationError(error instanceof Error ? error.message : String(error));
  }
  checkShape(value);
  const size = mayBeLarge(text, LIMITS.argumentBytes) ? checkArguments(target.path, value) : 0;
  if (target.args.type === "any") {
    if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof ArrayBuffer) {
      throw new ArgumentValidationError("The arguments to a Convex function must be an object.");
    }
    return size;
  }
  const violation = findViolation(target.args, value, isId);
  if (violation) throw new ArgumentValidationError(describeViolation(violation));
  return size;
}

/** Returns the size of a result, 0 if it is far below the limit. */
function checkReturned(target: RegisteredFunction, text: string, isId: IdCheck): number {
  const large = mayBeLarge(text, LIMITS.resultBytes);
  if (target.returns === null && !large && !mayBeMisshapen(text)) return 0;
  const value = parseValue(text);
  try {
    checkShape(value);
  } catch (error) {
    throw new Error(
      `Function ${target.path} return value invalid: ${error instanceof Error ? error.message : error}`,
    );
  }
  const size = large ? checkResult(target.path, value) : 0;
  const violation = target.returns && findViolation(target.returns, value, isId);
  if (violation) throw new ReturnsValidationError(describeViolation(violation));
  return size;
}

/**
 * Rejects when the work takes too long.
 *
 * @param ms - The time limit.
 * @param time - The time of the user's code, to which the limit applies; null if it applies to all of the time.
 * @param work - The work.
 */
async function within<T>(ms: number, time: CallTime | null, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    let steps = 0;
    const step = (): void => {
      const most = time === null ? STEPS : STEPS * PATIENCE;
      if (steps++ < most && (time === null || time.measure() <= ms)) timer = realSetTimeout(step, ms / STEPS);
      else reject(new Error(`Function execution timed out (maximum duration: ${ms / 1000}s)`));
    };
    step();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    realClearTimeout(timer);
  }
}
