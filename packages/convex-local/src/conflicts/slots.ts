/** Slots for functions that run at the same time, as Convex's smallest deployment class has them. */
import type { Pace } from "./pace.ts";

/** How long a function waits for a slot, in ms, as in Convex. */
const WAIT_MS = 5000;

/** A limited number of slots. */
export class Slots {
  readonly #pace: Pace;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number, pace: Pace) {
    this.#free = count;
    this.#pace = pace;
  }

  /** Returns whether a slot became free in time. The caller must `release` it. */
  async take(): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const taken = (): void => resolve(true);
    this.#waiting.push(taken);
    void this.#pace.sleep(WAIT_MS).then(() => {
      const at = this.#waiting.indexOf(taken);
      if (at === -1) return;
      this.#waiting.splice(at, 1);
      resolve(false);
    });
    return promise;
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
