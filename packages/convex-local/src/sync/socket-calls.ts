/** Runs mutations and actions of a socket, and returns their protocol messages. */
import type { Caller } from "../auth/caller.ts";
import type { Backend, FunctionCall, Outcome, Timestamp } from "../backend.ts";
import { callErrorOf, codeOf, retryReasonOf } from "../failure.ts";
import { canonicalPath } from "../function-path.ts";
import { type AddQuery, BadMessageError, onlyArgument, type ServerMessage } from "./socket-messages.ts";
import { encodeTimestamp } from "./timestamp.ts";

/** How often a mutation is tried when the worker restarts. Its key prevents that it is applied twice. */
const ATTEMPTS = 3;

type Failure = { success: false; result: string; logLines: string[] };

/**
 * Returns the call of a message.
 *
 * @throws {BadMessageError} when it names a component, and the client has no admin key.
 */
export function callOf(
  { udfPath, componentPath: component, args }: Pick<AddQuery, "udfPath" | "componentPath" | "args">,
  { identity, caller }: Caller,
): FunctionCall {
  if (component !== "" && caller !== "internal") throw new BadMessageError("This needs the admin key.");
  return { path: canonicalPath(udfPath), component, args: onlyArgument(args), identity, caller };
}

/**
 * Runs a mutation.
 *
 * @param backend - The backend.
 * @param call - The call.
 * @param place - The position in the sequence of the client. Without a session, it cannot be retried.
 * @param log - Receives unexpected errors.
 * @returns The message, and the timestamp of the commit or null.
 * @throws {Error} when the client must repeat the call on a new socket.
 */
export async function runMutation(
  backend: Backend,
  call: FunctionCall,
  place: { sessionId: string | null; requestId: number },
  log: (line: string) => void,
): Promise<{ message: ServerMessage; ts: Timestamp | null }> {
  const answer = { type: "MutationResponse", requestId: place.requestId } as const;
  const { sessionId, requestId } = place;
  const key = sessionId === null ? undefined : { sessionId, requestId };
  for (let attempt = 1; ; attempt++) {
    try {
      const { ts, outcome } = await backend.mutation(call, key);
      if (!outcome.ok) return { message: { ...answer, ...failed(outcome) }, ts: null };
      const { value: result, logLines } = outcome;
      return { message: { ...answer, success: true, result, ts: encodeTimestamp(ts), logLines }, ts };
    } catch (error) {
      if (retryReasonOf(error) !== null) throw error;
      if (codeOf(error) === "restarted" && key !== undefined && attempt < ATTEMPTS) continue;
      return { message: { ...answer, ...rejected(error, call, log) }, ts: null };
    }
  }
}

/**
 * Runs an action once. It is never retried, because it may have had effects before it failed.
 *
 * @throws {Error} when the socket must be closed because the deployment is overloaded.
 */
export async function runAction(
  backend: Backend,
  call: FunctionCall,
  requestId: number,
  log: (line: string) => void,
): Promise<ServerMessage> {
  const answer = { type: "ActionResponse", requestId } as const;
  try {
    const { outcome } = await backend.action(call);
    if (!outcome.ok) return { ...answer, ...failed(outcome) };
    return { ...answer, success: true, result: outcome.value, logLines: outcome.logLines };
  } catch (error) {
    if (retryReasonOf(error) !== null) throw error;
    return { ...answer, ...rejected(error, call, log) };
  }
}

function failed(outcome: Extract<Outcome, { ok: false }>): Failure {
  const { errorMessage: result, errorData, logLines } = outcome;
  return { success: false, result, logLines, ...(errorData === undefined ? {} : { errorData }) };
}

function rejected(error: unknown, call: FunctionCall, log: (line: string) => void): Failure {
  if (codeOf(error) === null) log(`${call.path} could not be run: ${String(error)}`);
  return { success: false, result: callErrorOf(error), logLines: [] };
}
