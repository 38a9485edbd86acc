/** Syscalls that call other functions, and that return metadata of the call. */
import { convexToJson, type JSONValue } from "convex/values";
import type { TransactionLimits } from "../../limits/limits.ts";
import type { CallContext } from "../execution/call-context.ts";
import {
  type AddressJson,
  type FunctionReference,
  resolveAddress,
  toHandle,
} from "../modules/function-address.ts";
import { type Operation, operation, type SyncOperation } from "./syscalls.ts";

export type NestedKind = "query" | "mutation" | "snapshotQuery";

/** A call in the transaction of its caller. */
export type NestedCall = {
  kind: NestedKind;
  args: JSONValue;
  /** What it may use more than its caller has used. */
  limits: Partial<TransactionLimits> | null;
};

/** Runs a function in the transaction of its caller, or in a separate one if the caller is an action. */
export type Callee = {
  nested(context: CallContext, target: FunctionReference, call: NestedCall): Promise<string>;
  separate(
    context: CallContext,
    target: FunctionReference,
    kind: "query" | "mutation" | "action",
    args: JSONValue,
  ): Promise<string>;
  /** @throws {CallRejectedError} when the code that refers to the function cannot use it. */
  check(target: FunctionReference): void;
};

type UdfArgs = AddressJson & {
  udfType: NestedKind;
  args: JSONValue;
  transactionLimits?: Partial<TransactionLimits>;
};
type ActionCallArgs = AddressJson & { args: JSONValue };

export const syncCalls: Record<string, SyncOperation> = {
  "1.0/getSnapshotTs": (context) => {
    if (!context.reader) throw new Error("getSnapshotTs() can only be called from a query or mutation.");
    return JSON.stringify(convexToJson(context.snapshotTs));
  },
};

/** Returns the asynchronous operations of both threads. */
export function asyncCalls(callee: Callee): Record<string, Operation> {
  const fromAction = (kind: "query" | "mutation" | "action"): Operation =>
    operation((context, args: ActionCallArgs) =>
      callee.separate(context, resolveAddress(context.component, args), kind, args.args),
    );
  return {
    "1.0/runUdf": operation(
      (context, { udfType: kind, args, transactionLimits: limits, ...address }: UdfArgs) =>
        callee.nested(context, resolveAddress(context.component, address), {
          kind,
          args,
          limits: limits ?? null,
        }),
    ),
    "1.0/actions/query": fromAction("query"),
    "1.0/actions/mutation": fromAction("mutation"),
    "1.0/actions/action": fromAction("action"),
    "1.0/createFunctionHandle": operation((context, args: AddressJson) => {
      const target = resolveAddress(context.component, args);
      callee.check(target);
      return JSON.stringify(toHandle(target));
    }),
    // A component does not see the identity of the caller: the app decides what it passes on.
    "1.0/getUserIdentity": ({ component, identity, rejection }) => {
      if (rejection !== null) throw new Error(rejection);
      return JSON.stringify(component === "" ? identity : null);
    },
    "1.0/getFunctionMetadata": (context) =>
      JSON.stringify({ name: context.path, componentPath: context.component }),
    "1.0/getDeploymentMetadata": () => JSON.stringify({ name: "local", region: null, class: "s16" }),
    "1.0/getRequestMetadata": (context) => {
      if (context.kind === "query") throw new Error("getRequestMetadata() is not available in queries.");
      return JSON.stringify({
        ip: null,
        userAgent: null,
        requestId: context.requestId,
        scheduledFunctionId: context.job,
        authToken: null,
      });
    },
    "1.0/getTransactionMetrics": (context) => {
      const usage = context.reader?.usage;
      if (!usage)
        throw new Error("Unknown async operation: getTransactionMetrics() is not available in actions.");
      return JSON.stringify(usage.metrics());
    },
    "1.0/auditLog": () => "null",
  };
}
