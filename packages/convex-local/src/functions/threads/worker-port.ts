/** A worker's side of the connection to the main thread: answers requests and sends requests to the other worker. */
import type { MessagePort } from "node:worker_threads";
import { CallRejectedError } from "../execution/call-errors.ts";
import { failedReply, PendingRequests } from "./pending-requests.ts";
import type {
  AnswerOf,
  CrossRequests,
  FromWorker,
  RequestMap,
  RequestOf,
  ToWorker,
} from "./thread-messages.ts";

/** Handles the messages of the main thread. */
export type Handlers<Answered extends RequestMap> = {
  /** Answers a request. A CallRejectedError becomes the reply; any other error ends the thread. */
  request(request: RequestOf<Answered>, id: number): Promise<AnswerOf<Answered>>;
  release?(ids: number[]): void;
};

/** Connects a worker to the main thread. */
export class WorkerPort<Answered extends RequestMap> {
  readonly #port: MessagePort;
  readonly #fatal: (error: unknown) => void;
  readonly #asked = new PendingRequests<CrossRequests>();

  constructor(port: MessagePort, fatal: (error: unknown) => void) {
    this.#port = port;
    this.#fatal = fatal;
  }

  serve(handlers: Handlers<Answered>): void {
    this.#port.on("message", (message: ToWorker<Answered>) => {
      switch (message.type) {
        case "request":
          void this.#answer(handlers, message.id, message.request);
          break;
        case "release":
          handlers.release?.(message.ids);
          break;
        case "ping":
          this.send({ type: "pong", id: message.id });
          break;
        case "called":
          this.#asked.settle(message.id, message.reply);
          break;
      }
    });
  }

  send(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  /**
   * Sends a request to the other worker.
   *
   * @throws {CallRejectedError} when the other worker rejects the call.
   * @throws {Error} when it fails in another way.
   */
  call<Type extends keyof CrossRequests & string>(
    call: RequestOf<CrossRequests, Type>,
  ): Promise<AnswerOf<CrossRequests, Type>> {
    return this.#asked.add<Type>((id) => this.send({ type: "call", id, call }));
  }

  /** Ends the thread after a fatal error of the backend itself. Callers learn the reason. */
  fail(error: unknown): void {
    this.send({ type: "failing", message: error instanceof Error ? error.message : String(error) });
    this.#fatal(error);
  }

  async #answer(handlers: Handlers<Answered>, id: number, request: RequestOf<Answered>): Promise<void> {
    try {
      this.send({ type: "reply", id, reply: { ok: true, answer: await handlers.request(request, id) } });
    } catch (error) {
      if (!(error instanceof CallRejectedError)) {
        this.fail(error);
        return;
      }
      this.send({ type: "reply", id, reply: failedReply(error) });
    }
  }
}
