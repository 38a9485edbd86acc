/** Syscalls of `ctx.scheduler`. A job is part of the transaction that schedules it; an action uses a separate one. */
import { getConvexSize, type JSONValue, jsonToConvex } from "convex/values";
import { realNow } from "../isolate/globals.ts";
import { addJob, cancelJob } from "../jobs/scheduled-functions.ts";
import { type AddressJson, type FunctionReference, resolveAddress } from "../modules/function-address.ts";
import { writerOf } from "./database-syscalls.ts";
import { type Operation, operation } from "./syscalls.ts";

type ScheduleArgs = AddressJson & { ts: number; args: JSONValue };

/**
 * Returns the operations of the scheduler.
 *
 * @param check - Throws if the code that refers to the function cannot use it.
 */
export function scheduleOperations(check: (target: FunctionReference) => void): Record<string, Operation> {
  const schedule = operation((context, args: ScheduleArgs) => {
    const transaction = writerOf(context);
    const target = resolveAddress(context.component, args);
    check(target);
    transaction.reader.usage.schedule(getConvexSize([jsonToConvex(args.args)]));
    return JSON.stringify(addJob(transaction, context.component, target, args.args, args.ts * 1000));
  });
  const cancel = operation((context, { id }: { id: string }) => {
    cancelJob(writerOf(context), context.component, id, realNow());
    return "{}";
  });
  return {
    "1.0/schedule": schedule,
    "1.0/cancel_job": cancel,
    "1.0/actions/schedule": schedule,
    "1.0/actions/cancel_job": cancel,
  };
}
