/** A worker's end of the line to the main thread: answers requests, and puts questions of its own. */
import type { MessagePort } from "node:worker_threads";
import { CallRefused } from "../execution/call-errors.ts";
import type { CallOut, FromWorker, Reply, ToWorker } from "./thread-messages.ts";

export type Handlers<Request> = {
  /** Answers a request. A CallRefused is passed on; whatever else is thrown ends the thread. */
  request(request: Request, id: number): Promise<unknown>;
  release?(ids: number[]): void;
};

export class Port<Request> {
  readonly #port: MessagePort;
  readonly #fatal: (error: unknown) => void;
  readonly #asked = new Map<number, (reply: Reply<unknown>) => void>();
  #nextCall = 1;

  constructor(port: MessagePort, fatal: (error: unknown) => void) {
    this.#port = port;
    this.#fatal = fatal;
  }

  serve(handlers: Handlers<Request>): void {
    this.#port.on("message", (message: ToWorker<Request>) => {
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
          this.#asked.get(message.id)?.(message.reply);
          this.#asked.delete(message.id);
          break;
      }
    });
  }

  send(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  /** Has the other thread run something. @throws CallRefused, or the error that the main thread names */
  async call(call: CallOut): Promise<unknown> {
    const id = this.#nextCall++;
    const reply = await new Promise<Reply<unknown>>((resolve) => {
      this.#asked.set(id, resolve);
      this.send({ type: "call", id, call });
    });
    if (reply.ok) return reply.answer;
    if (reply.code !== null) throw new CallRefused(reply.code, reply.message);
    throw new Error(reply.message);
  }

  async #answer(handlers: Handlers<Request>, id: number, request: Request): Promise<void> {
    try {
      this.send({ type: "reply", id, reply: { ok: true, answer: await handlers.request(request, id) } });
    } catch (error) {
      if (!(error instanceof CallRefused)) {
        this.#fatal(error);
        return;
      }
      this.send({ type: "reply", id, reply: { ok: false, code: error.code, message: error.message } });
    }
  }
}
