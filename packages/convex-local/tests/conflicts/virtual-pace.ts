/** Virtual time: sleeps end in order, at once. */
import type { Pace } from "../../src/conflicts/pace.ts";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";

/** Runs everything that sleeps, as fast as the machine can. */
export class VirtualPace implements Pace {
  readonly random: () => number;
  readonly #sleeping: { at: number; wake: () => void }[] = [];
  #now = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  get now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.#now + ms;
      const after = this.#sleeping.findIndex((other) => other.at > at);
      this.#sleeping.splice(after === -1 ? this.#sleeping.length : after, 0, { at, wake });
    });
  }

  /** Runs until nothing sleeps. */
  async run(): Promise<void> {
    for (;;) {
      // Everything that needs no time finishes first.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const next = this.#sleeping.shift();
      if (!next) return;
      this.#now = next.at;
      next.wake();
    }
  }
}
