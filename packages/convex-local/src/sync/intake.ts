/**
 * Pending messages of one client, in order and limited in number and size. While a client sends faster than it is
 * answered, its socket is paused, so that TCP slows it down.
 */
import type { WebSocket } from "ws";

const MAX_MESSAGES = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Pauses the socket while too many messages are pending. */
export class Intake {
  readonly #socket: WebSocket;
  #messages = 0;
  #bytes = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /**
   * Counts a message as pending.
   *
   * @returns Marks it as handled. Call once.
   */
  take(bytes: number): () => void {
    this.#messages += 1;
    this.#bytes += bytes;
    if (this.#full) this.#socket.pause();
    return () => {
      this.#messages -= 1;
      this.#bytes -= bytes;
      if (!this.#full && this.#socket.isPaused) this.#socket.resume();
    };
  }

  get #full(): boolean {
    return this.#messages > MAX_MESSAGES || this.#bytes > MAX_BYTES;
  }
}

/** Runs steps one after another, in the order in which they were added. */
export class Sequence {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /**
   * Adds a step.
   *
   * @param step - Called at once if no other step is pending. Must not throw.
   */
  add(step: () => Promise<void> | void): void {
    if (this.#waiting === 0) {
      const done = step();
      if (done === undefined) return;
      this.#waiting = 1;
      this.#last = this.#settle(done);
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#settle(step()));
  }

  async #settle(done: Promise<void> | void): Promise<void> {
    await done;
    this.#waiting -= 1;
  }
}
