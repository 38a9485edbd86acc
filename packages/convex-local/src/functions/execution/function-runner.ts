/**
 * Runs one function: checks its arguments, enforces its time limit, and checks its result. The caller commits the
 * transaction of its context.
 */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";
import { parseValue } from "../../values/json.ts";
import { checkArguments, checkResult } from "../../values/limits.ts";
import { describeViolation, findViolation, type IdCheck } from "../../values/validator.ts";
import { realClearTimeout, realSetTimeout } from "../isolate/globals.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import { beginCall, type CallContext, callStorage, endCall } from "./call-context.ts";
import { ArgumentValidationError, ReturnsValidationError } from "./call-errors.ts";

/** Time limit of queries and mutations in ms, as in Convex. */
const TRANSACTION_MS = 1000;
const STEPS = 10;
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
  checkArgs(target, args, isId);
  const limit = target.kind === "action" ? ACTION_MS : TRANSACTION_MS;
  beginCall(context);
  try {
    const result = await within(
      limit,
      callStorage.run(context, () => target.invoke(context.requestId, JSON.stringify([args]))),
    );
    checkResult(target.path, result);
    if (target.returns !== null) checkReturns(target, result, isId);
    return result;
  } finally {
    endCall(context);
  }
}

function checkArgs(target: RegisteredFunction, args: JSONValue, isId: IdCheck): void {
  checkArguments(target.path, JSON.stringify(args) ?? "");
  let value: Value;
  try {
    value = jsonToConvex(args);
  } catch (error) {
    throw new ArgumentValidationError(error instanceof Error ? error.message : String(error));
  }
  if (target.args.type === "any") {
    if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof ArrayBuffer) {
      throw new ArgumentValidationError("The arguments to a Convex function must be an object.");
    }
    return;
  }
  const violation = findViolation(target.args, value, isId);
  if (violation) throw new ArgumentValidationError(describeViolation(violation));
}

function checkReturns(target: RegisteredFunction, result: string, isId: IdCheck): void {
  if (target.returns === null) return;
  const violation = findViolation(target.returns, parseValue(result), isId);
  if (violation) throw new ReturnsValidationError(describeViolation(violation));
}

/** Counts steps of the thread's own time, so that a busy machine does not count against the function. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    let left = STEPS;
    const step = (): void => {
      if (left-- > 0) timer = realSetTimeout(step, ms / STEPS);
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
