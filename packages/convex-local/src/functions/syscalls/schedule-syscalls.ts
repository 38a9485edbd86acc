/** `ctx.scheduler`: a job is part of the transaction that schedules it; from an action it is one of its own. */
import type { JSONValue } from "convex/values";
import { LIMITS } from "../../values/limits.ts";
import type { CallContext } from "../execution/call-context.ts";
import { realNow } from "../isolate/globals.ts";
import { addJob, cancelJob } from "../jobs/scheduled-functions.ts";
import { type AddressJson, resolveAddress } from "../modules/function-address.ts";
import type { RegisteredFunction } from "../modules/registry.ts";
import { writerOf } from "./database-syscalls.ts";
import type { Operation } from "./syscalls.ts";

type ScheduleArgs = AddressJson & { ts: number; args: JSONValue };

/** @param find the function, null where only the actions' thread knows it; throws where there is none */
export function scheduleOperations(
  find: (address: { component: string; path: string }) => RegisteredFunction | null,
): Record<string, Operation> {
  const schedule = (context: CallContext, args: ScheduleArgs): string => {
    const transaction = writerOf(context);
    const target = resolveAddress(context.component, args);
    if (find(target)?.kind === "query")
      throw new Error(`${target.path} is a query: only mutations and actions can be scheduled.`);
    const { usage } = transaction.reader;
    usage.scheduled++;
    usage.scheduledBytes += JSON.stringify(args.args).length;
    if (usage.scheduled > LIMITS.functionsScheduled) {
      throw new Error(`Too many functions scheduled by this mutation (limit: ${LIMITS.functionsScheduled}).`);
    }
    return JSON.stringify(addJob(transaction, context.component, target, args.args, args.ts * 1000));
  };
  const cancel = (context: CallContext, { id }: { id: string }): string => {
    cancelJob(writerOf(context), context.component, id, realNow());
    return "{}";
  };
  return {
    "1.0/schedule": schedule,
    "1.0/cancel_job": cancel,
    "1.0/actions/schedule": schedule,
    "1.0/actions/cancel_job": cancel,
  };
}
