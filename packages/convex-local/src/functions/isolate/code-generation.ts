/** Forbids queries and mutations to run text as code, as Convex's isolate does. */

const REASON = "Code generation from strings disallowed for this context";

/**
 * Replaces `eval` and the constructor of functions.
 *
 * @param isForbidden - Returns whether the running code must not use them.
 */
export function guardCodeGeneration(isForbidden: () => boolean): void {
  const check = (): void => {
    if (isForbidden()) throw new EvalError(REASON);
  };
  // biome-ignore lint/security/noGlobalEval: replaces it
  globalThis.eval = new Proxy(globalThis.eval, {
    apply: (target, self, args) => {
      check();
      return Reflect.apply(target, self, args);
    },
  });
  const guarded = new Proxy(Function, {
    apply: (target, self, args) => {
      check();
      return Reflect.apply(target, self, args);
    },
    construct: (target, args, newTarget) => {
      check();
      return Reflect.construct(target, args, newTarget);
    },
  });
  globalThis.Function = guarded;
  // Reached by `(() => {}).constructor`.
  Object.defineProperty(Function.prototype, "constructor", {
    value: guarded,
    writable: true,
    configurable: true,
  });
}
