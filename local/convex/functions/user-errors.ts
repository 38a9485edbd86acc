/** Errors that user code leaves lying about: a promise nobody awaited, a throw after the answer. They end nothing. */

/** @returns what ends this thread, for a fault of the backend's own */
export function surviveUserErrors(log: (line: string) => void): (error: unknown) => void {
  const exit = process.exit.bind(process);
  process.on("unhandledRejection", (reason) => log(`Uncaught (in promise) ${textOf(reason)}`));
  process.on("uncaughtException", (error) => log(`Uncaught ${textOf(error)}`));
  return (error) => {
    log(`The local Convex must start anew: ${textOf(error)}`);
    exit(1);
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
