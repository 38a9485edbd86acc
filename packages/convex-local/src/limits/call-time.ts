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

  /** Notes that an operation of the backend begins. Several can run at the same time. */
  beginOperation(): void {
    if (this.#operations++ === 0) this.#operationsBegan = performance.now();
  }

  /**
   * Notes that an operation has ended.
   *
   * @returns Whether other work should get a turn before the call continues.
   */
  endOperation(): boolean {
    if (--this.#operations > 0) return false;
    const now = performance.now();
    this.#inOperations += now - this.#operationsBegan;
    return now - this.#turnBegan > TURN_MS;
  }

  /** Gives other work of the thread a turn. */
  async giveTurn(): Promise<void> {
    this.beginOperation();
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
    this.endOperation();
  }
}
