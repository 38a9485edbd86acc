/** Operations that fail their call as a busy deployment does. Convex has them too, for tests of clients. */
import type { CallContext } from "../execution/call-context.ts";
import { RetryableError } from "../execution/call-errors.ts";
import { failCall } from "../isolate/uncaught-errors.ts";
import type { SyncOperation } from "./syscalls.ts";

export const failingOperations: Record<string, SyncOperation> = {
  throwOcc: (context) =>
    fail(
      context,
      new RetryableError(
        "OptimisticConcurrencyControlFailure",
        "Documents read from or written to some table changed while this mutation was being run and on every subsequent retry. See https://docs.convex.dev/error#1",
      ),
    ),
  throwOverloaded: (context) => fail(context, new RetryableError("Busy", "I'm a bit busy.")),
};

/** Ends the call, also if its code catches what this throws. */
function fail(context: CallContext, error: RetryableError): never {
  failCall(context, "uncaughtException", error);
  throw error;
}
