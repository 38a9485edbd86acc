/**
 * Time of one call. Convex's limit of a second counts only the user's code, so the time of database operations is
 * subtracted. It is time of the CPU, so that a busy machine does not count against a function, and time in which the
 * thread has nothing to do but to wait for it. A call that uses the database for long gives other work a turn.
 */
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers";

/** How long a call uses the thread before other work gets a turn, in ms. */
const TURN_MS = 8;

/** A call that took less than this is not measured in time of the CPU, which would cost as much as a small call. */
const SHORT_MS = 50;

/** Times of the thread since its start, in ms. */
type Times = { wall: number; cpu: number; idle: number; operations: number };

/** Measures one call. */
export class CallTime {
  readonly #began = performance.now();
  #turnBegan = this.#began;
  #operations = 0;
  #operationsBegan = 0;
  #inOperations = 0;
  #last: Times = this.#read();
  #code = 0;

  /** Measures the time of the user's code so far, in ms. */
  measure(): number {
    const elapsed = performance.now() - this.#began;
    if (elapsed < SHORT_MS) return Math.max(0, elapsed - this.#inOperations);
    const now = this.#read();
    const idle = now.idle - this.#last.idle;
    const active = Math.max(0, now.wall - this.#last.wall - idle);
    const operations = Math.min(active, now.operations - this.#last.operations);
    const cpu = active === 0 ? 0 : (now.cpu - this.#last.cpu) * (1 - operations / active);
    this.#code += idle + Math.min(cpu, active - operations);
    this.#last = now;
    return this.#code;
  }

  #read(): Times {
    const wall = performance.now();
    const { user, system } = process.threadCpuUsage();
    const running = this.#operations > 0 ? wall - this.#operationsBegan : 0;
    return {
      wall,
      cpu: (user + system) / 1000,
      idle: performance.eventLoopUtilization().idle,
      operations: this.#inOperations + running,
    };
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
