/** Callers of Convex functions over HTTP. */
import { ConvexHttpClient } from "convex/browser";
import {
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
  getFunctionName,
} from "convex/server";
import { ConvexError } from "convex/values";
import { provenArgs } from "./proof.ts";

/** Caller of Convex functions. A secret in `edge` is sent as the proof of the call with that secret. */
export type Person = {
  query<F extends FunctionReference<"query">>(fn: F, args: FunctionArgs<F>): Promise<FunctionReturnType<F>>;
  mutation<F extends FunctionReference<"mutation">>(
    fn: F,
    args: FunctionArgs<F> & { edge?: unknown },
  ): Promise<FunctionReturnType<F>>;
};

/**
 * Returns a caller of a backend.
 *
 * @param server - The backend; its address changes when it is started again.
 * @param token - The access token, or null for a call without one.
 */
export function person(server: { readonly url: string }, token: Promise<string> | null): Person {
  const client = async () => {
    const answered = { status: 0 };
    const http = new ConvexHttpClient(server.url, {
      logger: false,
      fetch: async (input, init) => {
        const response = await fetch(input as string, init as RequestInit);
        answered.status = response.status;
        return response;
      },
    });
    if (token !== null) http.setAuth(await token);
    return { http, answered };
  };
  const call = async <T>(run: (http: ConvexHttpClient) => Promise<T>): Promise<T> => {
    const { http, answered } = await client();
    try {
      return await run(http);
    } catch (error) {
      // Convex itself rejects a token that does not verify; report it like the functions' own errors.
      if (answered.status === 401) throw new ConvexError({ code: "unauthenticated", message: "HTTP 401" });
      throw error;
    }
  };
  return {
    query: (fn, args) => call(async (http) => http.query(fn, await provenArgs(getFunctionName(fn), args))),
    mutation: (fn, args) =>
      call(async (http) => http.mutation(fn, await provenArgs(getFunctionName(fn), args))),
  };
}
