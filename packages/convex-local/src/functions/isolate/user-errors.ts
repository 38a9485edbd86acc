/** Errors that user code leaves lying about: a promise nobody awaited, a throw after the answer. They end nothing. */

import { CommitFailed } from "../execution/call-errors.ts";

/** @returns what ends this thread, for a fault of the backend's own */
export function surviveUserErrors(log: (line: string) => void): (error: unknown) => void {
  const exit = process.exit.bind(process);
  const fatal = (error: unknown): void => {
    log(`The local Convex must start anew: ${textOf(error)}`);
    exit(1);
  };
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof CommitFailed) fatal(reason);
    log(`Uncaught (in promise) ${textOf(reason)}`);
  });
  process.on("uncaughtException", (error) => log(`Uncaught ${textOf(error)}`));
  return fatal;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
