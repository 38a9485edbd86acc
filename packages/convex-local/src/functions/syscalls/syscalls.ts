/** The `Convex` global: the published package's way into the backend, one table of operations for all of them. */
import { type CallContext, currentCall } from "../execution/call-context.ts";
import { toSyscallError } from "../execution/call-errors.ts";

/** An operation: the running call and its JSON arguments in, JSON text out. */
export type Operation = (context: CallContext, args: never) => string | Promise<string>;
/** An operation whose arguments and result are objects, not JSON. */
export type ObjectOperation = (context: CallContext, args: never) => unknown;

export type Operations = {
  sync: Record<string, Operation>;
  async: Record<string, Operation>;
  object: Record<string, ObjectOperation>;
};

export function installSyscalls(operations: Operations): void {
  const find = <T>(table: Record<string, T>, name: string, what: string): T => {
    const found = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!found) throw new Error(`Unknown ${what} ${name}`);
    return found;
  };
  const Convex = {
    syscall: (name: string, args: string): string =>
      find(operations.sync, name, "operation")(currentCall(), JSON.parse(args) as never) as string,
    asyncSyscall: async (name: string, args: string): Promise<string> => {
      try {
        return await find(
          operations.async,
          name,
          "async operation",
        )(currentCall(), JSON.parse(args) as never);
      } catch (error) {
        throw toSyscallError(error);
      }
    },
    jsSyscall: (name: string, args: object): unknown =>
      find(operations.object, name, "operation")(currentCall(), args as never),
  };
  Object.defineProperty(globalThis, "Convex", { value: Convex, configurable: true });
}
