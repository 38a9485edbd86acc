/** When a socket's token runs out: told once, on the moment or at the next look, whichever is first. */

/** Timers hold no longer than this; a longer wait is several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class TokenClock {
  readonly #ranOut: () => void;
  #expiresAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(ranOut: () => void) {
    this.#ranOut = ranOut;
  }

  /** @param expiresAt Unix milliseconds, or null for somebody without a token. */
  set(expiresAt: number | null): void {
    this.stop();
    this.#expiresAt = expiresAt;
    if (expiresAt === null) return;
    this.#timer = setTimeout(
      () => {
        if (!this.hasRunOut()) this.set(expiresAt);
      },
      Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS),
    );
    this.#timer.unref();
  }

  /** Whether it is over; a timer may be late where the machine slept. */
  hasRunOut(): boolean {
    if (this.#expiresAt === null || Date.now() < this.#expiresAt) return false;
    this.#ranOut();
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
