/** The global `Convex` object, through which the published package calls the backend. */
import { asBackend, type CallContext, currentCall } from "../execution/call-context.ts";
import { toSyscallError } from "../execution/call-errors.ts";

/** An operation: takes the running call and its arguments as JSON text, and returns JSON text. */
export type Operation = (context: CallContext, args: string) => string | Promise<string>;
/** An operation that returns at once. */
export type SyncOperation = (context: CallContext, args: string) => string;
/** An operation whose arguments and result are objects and not JSON: storing and reading a file. */
export type ObjectOperation = (context: CallContext, args: FileArguments) => unknown;

type FileArguments = { blob?: unknown; options?: { sha256?: string }; storageId?: string };

export type Operations = {
  sync: Record<string, SyncOperation>;
  async: Record<string, Operation>;
  object: Record<string, ObjectOperation>;
};

/**
 * Makes an operation of a function that takes parsed arguments. The published package writes them, so they are not
 * checked again.
 */
export function operation<Args, Result extends string | Promise<string>>(
  run: (context: CallContext, args: Args) => Result,
): (context: CallContext, args: string) => Result {
  return (context, args) => run(context, JSON.parse(args));
}

/** Installs the global object with these operations. */
export function installSyscalls(operations: Operations): void {
  const Convex = {
    syscall: (name: string, args: string): string =>
      find(operations.sync, name, "operation")(currentCall(), args),
    asyncSyscall: async (name: string, args: string): Promise<string> => {
      const context = currentCall();
      const { time, operations: started } = context;
      started.open++;
      // The time of operations does not count as that of the user's code.
      time?.beginOperation();
      let turn = false;
      try {
        const run = find(operations.async, name, "async operation");
        let result: string | Promise<string>;
        try {
          result = asBackend(() => run(context, args));
          // Most operations end at once, and waiting for them would cost as much.
          if (typeof result !== "string") result = await result;
        } finally {
          turn = time?.endOperation() ?? false;
        }
        if (turn) await time?.giveTurn();
        return result;
      } catch (error) {
        started.failed = true;
        throw toSyscallError(error);
      } finally {
        started.open--;
      }
    },
    jsSyscall: (name: string, args: FileArguments): unknown =>
      find(operations.object, name, "operation")(currentCall(), args),
  };
  Object.defineProperty(globalThis, "Convex", { value: Convex, configurable: true });
}

function find<T>(table: Record<string, T>, name: string, what: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!found) throw new Error(`Unknown ${what} ${name}`);
  return found;
}
