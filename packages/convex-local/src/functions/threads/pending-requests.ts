/** Requests to another thread that are not answered yet. */
import { CallRejectedError, RetryableError } from "../execution/call-errors.ts";
import type { AnswerOf, Reply, RequestMap } from "./thread-messages.ts";

type Pending = {
  // A method, so that resolvers of all answer types can be stored: a reply always has the type of its request.
  resolve(answer: unknown): void;
  reject(error: Error): void;
};

/** Matches the replies of another thread to the requests it got. */
export class PendingRequests<Asked extends RequestMap> {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request.
   *
   * @param send - Sends it with this id.
   * @returns The answer.
   * @throws {Error} of the reply or of `rejectAll`.
   */
  add<Type extends keyof Asked & string>(send: (id: number) => void): Promise<AnswerOf<Asked, Type>> {
    const id = this.#nextId++;
    return new Promise<AnswerOf<Asked, Type>>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      send(id);
    });
  }

  /** Settles a request with its reply. */
  settle(id: number, reply: Reply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (reply.ok) pending?.resolve(reply.answer);
    else pending?.reject(errorOf(reply));
  }

  /** Rejects all requests, each with its own error. */
  rejectAll(errorFor: (id: number) => Error): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [id, { reject }] of pending) reject(errorFor(id));
  }
}

/** Returns the reply to a request that failed with this error. */
export function failedReply(error: unknown): Reply {
  return {
    ok: false,
    code: error instanceof CallRejectedError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    reason: error instanceof RetryableError ? error.reason : null,
  };
}

/** Returns the error of a reply, in the thread that sent the request. */
function errorOf({ code, message, reason }: Extract<Reply, { ok: false }>): Error {
  if (reason !== null) return new RetryableError(reason, message);
  return code === null ? new Error(message) : new CallRejectedError(code, message);
}
