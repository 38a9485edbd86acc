/** Convex client for server rendering, with a deadline and typed errors. */
import { ConvexHttpClient } from "convex/browser";
import { type FunctionReference, type FunctionReturnType, getFunctionName } from "convex/server";
import { proveCall } from "../../convex/model/edgeProof.ts";
import { isRejectionCode, rejectionIn } from "../../convex/model/rejection.ts";
import type { Env } from "./env.server.ts";
import { ConvexCallError, RejectedError } from "./errors.ts";

type Query = FunctionReference<"query">;
type Mutation = FunctionReference<"mutation">;

/** Calls Convex for one request. Every method throws only {@link RejectedError} or {@link ConvexCallError}. */
export type Convex = {
  query<F extends Query>(reference: F, args: F["_args"]): Promise<FunctionReturnType<F>>;
  mutation<F extends Mutation>(reference: F, args: F["_args"]): Promise<FunctionReturnType<F>>;
  /** Calls a function that only the worker may call, with the proof that it is the worker. */
  workerMutation<F extends Mutation>(reference: F, args: F["_args"]): Promise<FunctionReturnType<F>>;
  workerQuery<F extends Query>(reference: F, args: F["_args"]): Promise<FunctionReturnType<F>>;
};

/** HTTP status from Convex when a function throws. */
const FUNCTION_FAILED = 560;

/**
 * Returns a Convex client for one request.
 *
 * @param token - The user's access token, or null for calls that the worker makes without one.
 * @param signal - The request's deadline; the client has no timeout.
 */
export function createConvex(
  env: Pick<Env, "convexUrl" | "edgeSecret">,
  token: string | null,
  signal: AbortSignal,
): Convex {
  let status: number | null = null;
  const client = new ConvexHttpClient(env.convexUrl, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
    // Keep the status, which the client drops: it distinguishes rejected tokens, failed functions and outages.
    fetch: async (input, init) => {
      const response = await fetch(input as RequestInfo, { ...init, signal });
      status = response.status;
      return response;
    },
  });
  if (token !== null) client.setAuth(token);

  async function call<T>(run: () => Promise<T>): Promise<T> {
    status = null;
    try {
      return await run();
    } catch (error) {
      const rejection = rejectionIn(error);
      if (rejection !== null && isRejectionCode(rejection.code)) {
        throw new RejectedError(rejection.code, rejection.message, rejection.reason);
      }
      if (status === 401) throw new ConvexCallError("unauthorized", status, error);
      const kind = status === FUNCTION_FAILED ? "function_failed" : "unavailable";
      throw new ConvexCallError(kind, status, error);
    }
  }

  const mutation: Convex["mutation"] = (reference, args) =>
    call(() => client.mutation(reference, args, { skipQueue: true }));
  const query: Convex["query"] = (reference, args) => call(() => client.query(reference, args));
  const proven = async <F extends Query | Mutation>(reference: F, args: F["_args"]) => ({
    ...args,
    edge: await proveCall(env.edgeSecret, getFunctionName(reference), args, Date.now()),
  });
  return {
    query,
    mutation,
    workerQuery: async (reference, args) => query(reference, await proven(reference, args)),
    workerMutation: async (reference, args) => mutation(reference, await proven(reference, args)),
  };
}
