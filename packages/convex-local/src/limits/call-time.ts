/**
 * Time of one call. Convex's limit of a second counts only the user's code, so the time of database operations is
 * subtracted. A call that uses the database for long gives other work of the thread a turn.
 */
import { setImmediate } from "node:timers";

/** How long a call uses the thread before other work gets a turn, in ms. */
const TURN_MS = 8;

/** Measures one call. */
export class CallTime {
  readonly #began = performance.now();
  #turnBegan = this.#began;
  #operations = 0;
  #operationsBegan = 0;
  #inOperations = 0;

  /** The time of database operations so far, in ms. */
  get operationMs(): number {
    const running = this.#operations > 0 ? performance.now() - this.#operationsBegan : 0;
    return this.#inOperations + running;
  }

  /** The time of the user's code so far, in ms. */
  get userMs(): number {
    return performance.now() - this.#began - this.operationMs;
  }

  /** Runs an operation of the backend. Several can run at the same time. */
  async operation<T>(run: () => T | Promise<T>): Promise<T> {
    const began = performance.now();
    if (this.#operations++ === 0) this.#operationsBegan = began;
    try {
      const result = await run();
      if (began - this.#turnBegan > TURN_MS) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        this.#turnBegan = performance.now();
      }
      return result;
    } finally {
      if (--this.#operations === 0) this.#inOperations += performance.now() - this.#operationsBegan;
    }
  }
}
