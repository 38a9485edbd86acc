/** Proof of the worker, for tests that call Convex in its place. */
import type { Value } from "convex/values";
import { proveCall } from "../../convex/model/edgeProof.ts";

/**
 * Returns the arguments with a secret in `edge` replaced by the proof of this call with it. Anything else in
 * `edge` stays as it is.
 *
 * @param path - The function: `module:export`.
 */
export async function provenArgs<Args extends Record<string, unknown>>(
  path: string,
  args: Args,
): Promise<Args> {
  const { edge, ...rest } = args;
  if (typeof edge !== "string") return args;
  return { ...args, edge: await proveCall(edge, path, rest as Record<string, Value>, Date.now()) };
}
