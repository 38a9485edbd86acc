/** Uncaught errors of user code, such as rejected promises without await. They are logged and do not end the thread. */

import { CommitError } from "../execution/call-errors.ts";

/**
 * Logs uncaught errors from now on.
 *
 * @returns Ends the thread after a fatal error of the backend itself.
 */
export function logUncaughtErrors(log: (line: string) => void): (error: unknown) => void {
  const exit = process.exit.bind(process);
  const fatal = (error: unknown): void => {
    log(`The local Convex backend restarts after a fatal error: ${textOf(error)}`);
    exit(1);
  };
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof CommitError) fatal(reason);
    log(`Uncaught (in promise) ${textOf(reason)}`);
  });
  process.on("uncaughtException", (error) => log(`Uncaught ${textOf(error)}`));
  return fatal;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
