/** What a deployment may write per second, as Convex's smallest deployment class. */

const MOST_BYTES = 4 << 20;
const WINDOW_MS = 1000;

/** Bytes that commits wrote in the last second. */
export class WriteRate {
  readonly #commits: { at: number; bytes: number }[] = [];
  #bytes = 0;

  /** Adds a commit at this time, in ms. */
  add(now: number, bytes: number): void {
    this.#commits.push({ at: now, bytes });
    this.#bytes += bytes;
  }

  /** Returns whether a mutation that begins now must wait. */
  isExceeded(now: number): boolean {
    while (this.#commits[0] && now - this.#commits[0].at > WINDOW_MS)
      this.#bytes -= this.#commits.shift()?.bytes ?? 0;
    return this.#bytes > MOST_BYTES;
  }
}
