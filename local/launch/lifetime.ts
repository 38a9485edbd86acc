/** One way out: whatever ends the launcher, everything that it started ends first, once. */

export type Lifetime = {
  /** Aborts as soon as the end has begun. */
  signal: AbortSignal;
  /** Registers what must be ended; the last registered is ended first. */
  onEnd(name: string, close: () => void | Promise<void>): void;
  /** Ends everything, then the process. A second call changes nothing. */
  end(exitCode: number, message?: string): void;
};

/** The promise is 5 s from the signal to the exit; this leaves time for the exit itself. */
const DEADLINE_MS = 4_500;

/** @param exit Ends the process; replaced in tests. */
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
      // What finished starting only after the end had begun.
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
