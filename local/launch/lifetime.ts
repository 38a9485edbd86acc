/** Shutdown of the launcher: everything that it started is stopped first, exactly once. */

export type Lifetime = {
  /** Aborts as soon as the shutdown begins. */
  signal: AbortSignal;
  /** Registers a part to stop; the last one registered is stopped first. */
  onEnd(name: string, close: () => void | Promise<void>): void;
  /** Stops everything, then exits. A second call has no effect. */
  end(exitCode: number, message?: string): void;
};

/** The shutdown must take less than 5 s in total; this leaves time for the exit itself. */
const DEADLINE_MS = 4_500;

/**
 * Returns the shutdown handler of the launcher.
 *
 * @param exit - Exits the process; replaced in tests.
 */
export function createLifetime(exit: (code: number) => void = process.exit): Lifetime {
  const controller = new AbortController();
  const closers: { name: string; close: () => void | Promise<void> }[] = [];

  async function closeAll() {
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        process.stderr.write(`${name} did not end cleanly: ${error}\n`);
      }
    }
  }

  return {
    signal: controller.signal,
    onEnd(name, close) {
      // A part that finished starting after the shutdown began.
      if (controller.signal.aborted) void close();
      else closers.push({ name, close });
    },
    end(exitCode, message) {
      if (controller.signal.aborted) return;
      if (message !== undefined) process.stderr.write(`${message}\n`);
      controller.abort();
      const deadline = setTimeout(() => exit(exitCode), DEADLINE_MS);
      void closeAll().then(() => {
        clearTimeout(deadline);
        exit(exitCode);
      });
    },
  };
}
