/**
 * Uncaught errors of user code, such as rejected promises without await. They fail the call whose code threw them, or are
 * logged after it has finished. They do not end the thread.
 */
import { callStorage, type UncaughtEvent } from "../execution/call-context.ts";
import { CommitError } from "../execution/call-errors.ts";

/**
 * Handles uncaught errors from now on.
 *
 * @returns Ends the thread after a fatal error of the backend itself.
 */
export function handleUncaughtErrors(log: (line: string) => void): (error: unknown) => void {
  const exit = process.exit.bind(process);
  const fatal = (error: unknown): void => {
    log(`The local Convex backend restarts after a fatal error: ${textOf(error)}`);
    exit(1);
  };
  const handle = (event: UncaughtEvent, thrown: unknown): void => {
    const fail = callStorage.getStore()?.fail;
    if (fail) fail(event, thrown);
    else log(`Uncaught ${event === "unhandledRejection" ? "(in promise) " : ""}${textOf(thrown)}`);
  };
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof CommitError) fatal(reason);
    handle("unhandledRejection", reason);
  });
  process.on("uncaughtException", (error) => handle("uncaughtException", error));
  return fatal;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
