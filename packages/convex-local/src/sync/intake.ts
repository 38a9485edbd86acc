/**
 * What one client has sent and has not had an answer to, in order, and no more of it than fits.
 *
 * A client that sends faster than it is answered is not read from for a while; TCP tells it to wait.
 */
import type { WebSocket } from "ws";

const MOST_MESSAGES = 1_000;
const MOST_BYTES = 8 * 1024 * 1024;

export class Intake {
  readonly #socket: WebSocket;
  #messages = 0;
  #bytes = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /**
   * Counts a message until it has been dealt with.
   *
   * @returns what to call then, once.
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
    return this.#messages > MOST_MESSAGES || this.#bytes > MOST_BYTES;
  }
}

/** Does one thing after the other, in the order in which they were asked for. */
export class Sequence {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /**
   * @param step is called at once where nothing is waiting, so that a message that needs no waiting gets none. It must
   *   not throw: what can go wrong in it is its own to answer.
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
