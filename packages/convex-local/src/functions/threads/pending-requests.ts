/** Requests to another thread that are not answered yet. */
import { CallRejectedError } from "../execution/call-errors.ts";
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

function errorOf({ code, message }: Extract<Reply, { ok: false }>): Error {
  return code === null ? new Error(message) : new CallRejectedError(code, message);
}
