/**
 * Context of a running call, kept in AsyncLocalStorage so that syscalls, the clock, random numbers and the console find
 * the call that they belong to.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Identity } from "../../backend.ts";
import type { QueryStream } from "../../engine/query-stream.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import type { CallTime } from "../../limits/call-time.ts";
import type { Measures } from "../../limits/warnings.ts";
import type { FunctionAddress } from "../modules/function-address.ts";

export type FunctionKind = "query" | "mutation" | "action" | "httpAction";

/** Identifies running code for the watchdog: the request, and the subscription inside a batch (otherwise 0). */
export type Work = readonly [request: number, subscription: number];

const NO_WORK: Work = [0, 0];

export type CallContext = {
  readonly kind: FunctionKind;
  readonly component: string;
  /** `module:export` */
  readonly path: string;
  readonly identity: Identity | null;
  /** Why the header of an HTTP request does not identify a user; null if it does, or there is none. */
  readonly rejection: string | null;
  /** Whether it is an action in a module for Node. */
  readonly node: boolean;
  readonly requestId: string;
  /** The id of the scheduled function, if the call is one. */
  readonly job: string | null;
  readonly work: Work;
  /** The time that the call sees, in Unix ms; null for the real time. */
  readonly now: number | null;
  /** Seeded random numbers from 0 to 1; null for real ones. */
  readonly random: (() => number) | null;
  /** The database snapshot of the call; null in actions. */
  readonly reader: Reader | null;
  /** Null if the call must not write. */
  readonly transaction: Transaction | null;
  /** Timestamp of the snapshot. */
  readonly snapshotTs: bigint;
  readonly streams: Map<number, QueryStream>;
  readonly logLines: string[];
  /** End of the paginated query of this call: in the previous run, and in this one. */
  readonly journal: { before: string | null; after: string | null; used: boolean };
  /** What the result depends on, with nested calls. */
  readonly observed: { clock: boolean };
  /** Its operations that have not finished, and whether one has failed. */
  readonly operations: { open: number; failed: boolean };
  /** How many calls this one is nested in, in one transaction. */
  readonly depth: number;
  /** The last nested call, or null if none is running. Nested calls run one after another. */
  nested: Promise<unknown> | null;
  /** Rejects the running call; null if it does not run. */
  fail: ((reason: unknown) => void) | null;
  /** The time of the call, once it runs. */
  time: CallTime | null;
  /** Receives what a top-level call used, when it ends; null in nested calls. */
  readonly report: ((context: CallContext, measures: Measures) => void) | null;
  /** Set when the call has finished. What it left running can no longer use the backend. */
  finished: boolean;
};

/** Returns the context of a top-level call, still without a database. */
export function newContext(
  target: FunctionAddress & { node?: boolean },
  kind: FunctionKind,
  call: { identity: Identity | null; rejection?: string | null; job?: string; work?: Work },
): CallContext {
  return {
    kind,
    component: target.component,
    path: target.path,
    identity: call.identity,
    rejection: call.rejection ?? null,
    node: target.node ?? false,
    // Node keeps random bytes in stock for UUIDs only.
    requestId: randomUUID().replaceAll("-", "").slice(0, 16),
    job: call.job ?? null,
    work: call.work ?? [0, 0],
    now: null,
    random: null,
    reader: null,
    transaction: null,
    snapshotTs: 0n,
    streams: new Map(),
    logLines: [],
    journal: { before: null, after: null, used: false },
    observed: { clock: false },
    operations: { open: 0, failed: false },
    depth: 0,
    nested: null,
    fail: null,
    time: null,
    report: null,
    finished: false,
  };
}

export const callStorage = new AsyncLocalStorage<CallContext>();

/**
 * Returns the running call.
 *
 * @throws {Error} outside of a function, or after the function has returned.
 */
export function currentCall(): CallContext {
  const context = callStorage.getStore();
  if (!context) throw new Error("Convex functions can only be used while a function is running.");
  if (context.finished)
    throw new Error(`${context.path} has already finished: a call to Convex was made without awaiting it.`);
  noteRunning(context.work);
  return context;
}

let running: Int32Array | null = null;
const begun = new Set<CallContext>();

/** Reports in the buffer whose code runs in this thread, for the watchdog of another thread. Zeros mean unknown. */
export function reportRunning(buffer: SharedArrayBuffer): void {
  running = new Int32Array(buffer);
}

/**
 * Runs work of the backend itself, such as a database operation or a commit. The watchdog gives it more time than the
 * code of a function, because the disk may be slow.
 */
export function asBackend<T>(work: () => T): T {
  if (!running) return work();
  running[2] = (running[2] ?? 0) + 1;
  try {
    return work();
  } finally {
    running[2]--;
  }
}

/** Notes that the code of a call starts to run. */
export function beginCall(context: CallContext): void {
  begun.add(context);
  noteRunning(context.work);
}

/** Notes that a call has finished. If one other call is left, its code runs next. */
export function endCall(context: CallContext): void {
  context.finished = true;
  context.fail = null;
  context.streams.clear();
  begun.delete(context);
  const works = new Set([...begun].map(({ work }) => work));
  const [only = NO_WORK] = works;
  noteRunning(works.size === 1 ? only : NO_WORK);
}

function noteRunning([request, subscription]: Work): void {
  if (!running) return;
  running[0] = request;
  running[1] = subscription;
}
