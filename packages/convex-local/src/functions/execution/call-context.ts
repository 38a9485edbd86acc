/**
 * The call that is running: every function call has a context of its own, carried through its awaits by
 * AsyncLocalStorage, so that syscalls, the clock, chance and the console know whose they are.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Identity } from "../../backend.ts";
import type { QueryStream } from "../../engine/query-stream.ts";
import type { Reader } from "../../engine/reader.ts";
import type { Transaction } from "../../engine/transaction.ts";
import type { FunctionAddress } from "../modules/function-address.ts";

export type FunctionKind = "query" | "mutation" | "action" | "httpAction";

/** What the watchdog knows a call by: the request's number, and the subscription's inside a batch (else 0). */
export type Work = readonly [request: number, subscription: number];

const NOBODY: Work = [0, 0];

export type CallContext = {
  readonly kind: FunctionKind;
  readonly component: string;
  /** `module:export` */
  readonly path: string;
  readonly identity: Identity | null;
  readonly requestId: string;
  /** The scheduled job that this is, where it is one. */
  readonly job: string | null;
  readonly work: Work;
  /** Unix ms that the call sees as now; null: the real time. */
  readonly now: number | null;
  /** 0 to 1, from the call's own seed; null: real chance. */
  readonly random: (() => number) | null;
  /** The database as this call sees it; null in actions. */
  readonly reader: Reader | null;
  /** Null where nothing may be written. */
  readonly transaction: Transaction | null;
  /** Timestamp of the snapshot that is read. */
  readonly snapshotTs: bigint;
  readonly streams: Map<number, QueryStream>;
  readonly logLines: string[];
  /** Where the paginated query of this call ended last time, and this time. */
  readonly journal: { before: string | null; after: string | null; used: boolean };
  /** Nested calls run one after the other, and the call's own reads and writes wait for them: null where none is running. */
  nested: Promise<unknown> | null;
  /** Set when the call is over: what it left running can do nothing more. */
  over: boolean;
};

/** A call at the top, before it is given a database. */
export function newContext(
  target: FunctionAddress,
  kind: FunctionKind,
  call: { identity: Identity | null; job?: string; work?: Work },
): CallContext {
  return {
    kind,
    component: target.component,
    path: target.path,
    identity: call.identity,
    requestId: randomBytes(8).toString("hex"),
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
    nested: null,
    over: false,
  };
}

export const callStorage = new AsyncLocalStorage<CallContext>();

/** @throws Error outside of a function, or after the function has returned. */
export function currentCall(): CallContext {
  const context = callStorage.getStore();
  if (!context) throw new Error("Convex functions can only be used while a function is running.");
  if (context.over)
    throw new Error(`${context.path} has already finished: a call to Convex was made without awaiting it.`);
  noteRunning(context.work);
  return context;
}

let running: Int32Array | null = null;
const begun = new Set<CallContext>();

/** From now on the buffer says whose code runs in this thread, for a watchdog in another one; zeros where that is not known. */
export function reportRunning(buffer: SharedArrayBuffer): void {
  running = new Int32Array(buffer);
}

/** The call's code begins to run. */
export function beginCall(context: CallContext): void {
  begun.add(context);
  noteRunning(context.work);
}

/** The call is over. Whoever is left alone is who runs next. */
export function endCall(context: CallContext): void {
  context.over = true;
  context.streams.clear();
  begun.delete(context);
  const works = new Set([...begun].map(({ work }) => work));
  const [only = NOBODY] = works;
  noteRunning(works.size === 1 ? only : NOBODY);
}

function noteRunning([request, subscription]: Work): void {
  if (!running) return;
  running[0] = request;
  running[1] = subscription;
}
