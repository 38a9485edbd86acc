/**
 * Runs one function: arguments checked, a context of its own, at most a second for queries and mutations, its result
 * checked. What it does to the database is in the context's transaction; committing that is the caller's matter.
 */
import { type JSONValue, jsonToConvex, type Value } from "convex/values";
import { checkArguments, checkResult } from "../../values/limits.ts";
import { describeViolation, findViolation, type IdCheck } from "../../values/validator.ts";
import { realClearTimeout, realSetTimeout } from "../isolate/globals.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import { beginCall, type CallContext, callStorage, endCall } from "./call-context.ts";
import { ArgumentValidationError, ReturnsValidationError } from "./call-errors.ts";

/** For queries and mutations, in ms: Convex's own limit. */
const TRANSACTION_MS = 1000;
const STEPS = 10;
/** For actions, in ms. */
const ACTION_MS = 600_000;

/**
 * @param args one object in Convex's JSON
 * @returns the result as Convex's JSON text
 * @throws what the function throws, or that arguments, result or time were not in order
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
  const violation = findViolation(target.returns, jsonToConvex(JSON.parse(result) as JSONValue), isId);
  if (violation) throw new ReturnsValidationError(describeViolation(violation));
}

/** Counted in steps of the thread's own time: where the machine is busy elsewhere, the function is not to blame. */
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
