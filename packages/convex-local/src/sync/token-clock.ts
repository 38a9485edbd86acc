/** Expiry of a socket's token: reported by a timer or at the next check, whichever comes first. */

/** The longest delay of a timer. A longer wait uses several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Watches the expiry of one token. */
export class TokenClock {
  readonly #onExpired: () => void;
  #expiresAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(onExpired: () => void) {
    this.#onExpired = onExpired;
  }

  /** @param expiresAt - Unix milliseconds, or null without a token. */
  set(expiresAt: number | null): void {
    this.stop();
    this.#expiresAt = expiresAt;
    if (expiresAt === null) return;
    this.#timer = setTimeout(
      () => {
        if (!this.isExpired()) this.set(expiresAt);
      },
      Math.min(Math.max(expiresAt - Date.now(), 0), MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  /** Checks and reports the expiry. A timer can be late, for example after the machine has slept. */
  isExpired(): boolean {
    if (this.#expiresAt === null || Date.now() < this.#expiresAt) return false;
    this.#onExpired();
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
