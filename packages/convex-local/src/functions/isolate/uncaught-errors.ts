/**
 * Uncaught errors of user code, such as rejected promises without await. They fail the call whose code threw them, or are
 * logged after it has finished. They do not end the thread.
 */
import { type CallContext, callStorage } from "../execution/call-context.ts";
import { CallFailedError, CommitError, failureOf, uncaught } from "../execution/call-errors.ts";

/** What ends a process of Node. */
type UncaughtEvent = "unhandledRejection" | "uncaughtException" | "process.exit";

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
    if (!failCall(callStorage.getStore(), event, thrown))
      log(`Uncaught ${event === "unhandledRejection" ? "(in promise) " : ""}${textOf(thrown)}`);
  };
  process.on("unhandledRejection", (reason) => {
    if (reason instanceof CommitError) fatal(reason);
    handle("unhandledRejection", reason);
  });
  process.on("uncaughtException", (error) => handle("uncaughtException", error));
  return fatal;
}

/**
 * Fails a running call because of an error that its promises do not show.
 *
 * @returns Whether there is such a call.
 */
export function failCall(context: CallContext | undefined, event: UncaughtEvent, thrown: unknown): boolean {
  if (!context?.fail) return false;
  context.fail(context.node ? processError(event, thrown) : thrown);
  return true;
}

/** Returns the error of a Node action for an error that ends a process of Node. */
function processError(event: UncaughtEvent, thrown: unknown): CallFailedError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallFailedError(uncaught(event, message), failureOf(thrown).frames);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
