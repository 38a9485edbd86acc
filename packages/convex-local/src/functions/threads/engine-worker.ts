/** Entry of the engine's thread: the database, queries and mutations. */
import { parentPort, workerData } from "node:worker_threads";
import type { Outcome } from "../../backend.ts";
import { Engine } from "../../engine/engine.ts";
import { changeSchema } from "../../engine/schema-change.ts";
import { Store } from "../../engine/store.ts";
import { type VectorQuery, VectorSearch } from "../../engine/vector-search.ts";
import { asBackend, reportRunning } from "../execution/call-context.ts";
import { CallRejectedError, CommitError } from "../execution/call-errors.ts";
import { EngineCalls } from "../execution/engine-calls.ts";
import { Mutations } from "../execution/mutations.ts";
import { Queries } from "../execution/queries.ts";
import { installEnvironment, setAppEnvironment } from "../isolate/component-env.ts";
import { installGlobals, realNow } from "../isolate/globals.ts";
import { handleUncaughtErrors } from "../isolate/uncaught-errors.ts";
import { CronJobs } from "../jobs/cron-jobs.ts";
import { deleteOldJobs } from "../jobs/scheduled-functions.ts";
import { Scheduler } from "../jobs/scheduler.ts";
import { Registry } from "../modules/registry.ts";
import { asyncCalls, syncCalls } from "../syscalls/call-syscalls.ts";
import { asyncDatabase, syncDatabase } from "../syscalls/database-syscalls.ts";
import { failingOperations } from "../syscalls/failing-syscalls.ts";
import { scheduleOperations } from "../syscalls/schedule-syscalls.ts";
import { storageOperations } from "../syscalls/storage-syscalls.ts";
import { installSyscalls, type Operation } from "../syscalls/syscalls.ts";
import { DocumentTables } from "../tables/document-tables.ts";
import { type StoredFile, StoredFiles, UploadRejectedError } from "../tables/stored-files.ts";
import { tableSpecs } from "../tables/system-tables.ts";
import {
  type AnswerOf,
  type EngineRequests,
  type EngineWorkerData,
  type Invocation,
  OWN_SESSION,
  type RequestOf,
  VECTOR_SEARCH,
} from "./thread-messages.ts";
import { WorkerPort } from "./worker-port.ts";

/** How long the answer to a mutation is kept, in ms: longer than clients retry. */
const ANSWERS_KEPT_MS = 7 * 24 * 3_600_000;
/** How long answers for the backend's own keys are kept, in ms. They are not needed after a restart. */
const OWN_ANSWERS_KEPT_MS = 600_000;
/** How long finished scheduled functions are kept, in ms. */
const JOBS_KEPT_MS = 7 * 24 * 3_600_000;
/** The largest number of finished scheduled functions that one cleanup checks per component. */
const CLEANUP_BATCH = 2000;
const CLEANUP_MS = 3_600_000;

if (!parentPort) throw new Error("engine-worker.ts must run in a worker thread.");
const { dataFile, waitsForDisk, conflicts, running }: EngineWorkerData = workerData;
const port = new WorkerPort<EngineRequests>(
  parentPort,
  handleUncaughtErrors((line) => port.send({ type: "log", line })),
);
const engine = openEngine();
const log = (line: string): void => port.send({ type: "log", line });
engine.onFailure((error) => port.fail(new CommitError(error)));
const calls = new EngineCalls(engine, log);
const queries = new Queries(calls, (event) => port.send({ type: "event", event }));
const mutations = new Mutations(calls, log, conflicts);
const crons = new CronJobs(mutations);
const scheduler = new Scheduler(calls, mutations, runAction, crons);
const schedule = scheduleOperations((target) => calls.check(target));
const files = new StoredFiles(engine, dataFile);
const storage = storageOperations(files);
const tables = new DocumentTables(calls, mutations);
/** Operations that actions may call, each in its own transaction. */
const actionOperations: Record<string, Operation> = { ...schedule, ...storage };
const vectorSearch = new VectorSearch(engine, () => calls.yieldTurn());

let swept = false;

mutations.afterMutation = () => scheduler.wake();
mutations.afterJob = (call, outcome, ms) => port.send({ type: "ran", call, outcome, ms });

installGlobals(log);
installEnvironment();
reportRunning(running);
installSyscalls({
  sync: { ...syncDatabase, ...syncCalls, ...failingOperations },
  async: {
    ...asyncDatabase,
    ...schedule,
    ...storage,
    ...asyncCalls({
      nested: (context, target, call) => calls.nested(context, target, call),
      check: (target) => calls.check(target),
      separate: (context) => Promise.reject(new Error(`${context.path} is not an action.`)),
    }),
  },
  object: {},
});
deleteOldAnswers();
setInterval(() => {
  deleteOldAnswers();
  void mutations.transact((transaction) =>
    deleteOldJobs(transaction, realNow() - JOBS_KEPT_MS, CLEANUP_BATCH),
  );
}, CLEANUP_MS).unref();

port.serve({
  request: (request, id) => answer(request, id),
  release: (ids) => queries.release(ids),
});
port.send({ type: "started", ts: engine.ts });

function openEngine(): Engine {
  try {
    return new Engine(new Store(dataFile, waitsForDisk), realNow, asBackend);
  } catch (error) {
    port.send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

async function answer(request: RequestOf<EngineRequests>, id: number): Promise<AnswerOf<EngineRequests>> {
  switch (request.type) {
    case "load":
      return load(request);
    case "query":
      return queries.query({ ...request.call, work: [id, 0] }, request.at);
    case "mutation":
      return mutations.run({ ...request.call, work: [id, 0] }, request.key);
    case "answerOf":
      return mutations.answerOf(request.key);
    case "evaluate":
      return queries.evaluate(request.requests, id);
    case "syscall":
      return runOperation(request);
    case "storeFile":
      return storeFile(request);
    case "readFile":
      return readFile(request);
    case "restoreFile":
      return restoreFile(request);
    case "tables":
      return tables.summaries();
    case "documents":
      return tables.page(request.table, request.page);
    case "import":
      return tables.add(request.table, request.documents, request);
    case "saveProgress":
      return tables.saveProgress(request.progress);
    case "functionUse":
      return calls.highestUse.list();
    case "close":
      scheduler.stop();
      await mutations.exclusive(() => engine.close());
      return null;
  }
}

/** Replaces the functions in one step, or keeps the old ones if anything fails. */
async function load({
  build,
  env,
}: RequestOf<EngineRequests, "load">): Promise<AnswerOf<EngineRequests, "load">> {
  try {
    setAppEnvironment(env);
    const registry = await Registry.load(build, false);
    await mutations.exclusive(async () => {
      await changeSchema(engine, tableSpecs(registry), () => calls.yieldTurn());
      calls.registry = registry;
      engine.openReads.interrupt();
      engine.nextTs();
    });
    if (!swept) await mutations.exclusive(sweepFiles);
    await crons.load(registry);
    await scheduler.start();
    return { ts: engine.ts, providers: registry.providers, problems: null };
  } catch (error) {
    return rejected(error instanceof Error ? error.message : String(error));
  }
}

async function storeFile(
  request: RequestOf<EngineRequests, "storeFile">,
): Promise<AnswerOf<EngineRequests, "storeFile">> {
  const { body, contentType, sha256 } = request;
  try {
    const component = "token" in request ? files.openToken(request.token, realNow()) : request.component;
    const storageId = await mutations.transact((transaction) =>
      files.store(transaction, component, body, contentType, sha256 ?? undefined),
    );
    return { storageId };
  } catch (error) {
    if (error instanceof UploadRejectedError) return { rejected: error.rejection };
    throw error;
  }
}

function readFile({ storageId, component }: RequestOf<EngineRequests, "readFile">): StoredFile | null {
  const snapshot = engine.snapshot();
  try {
    return files.read(engine.reader(snapshot), component, storageId);
  } catch (error) {
    throw new CallRejectedError("bad_arguments", error instanceof Error ? error.message : String(error));
  } finally {
    snapshot.close();
  }
}

async function restoreFile(request: RequestOf<EngineRequests, "restoreFile">): Promise<null> {
  const { component, document, body } = request;
  await rejecting(() =>
    mutations.transact((transaction) => files.restore(transaction, component, document, body)),
  );
  return null;
}

async function runOperation({
  operation,
  args,
  component,
  identity,
}: RequestOf<EngineRequests, "syscall">): Promise<string> {
  if (operation === VECTOR_SEARCH) return searchVectors(component, args);
  const found = Object.hasOwn(actionOperations, operation) ? actionOperations[operation] : undefined;
  if (!found) throw new CallRejectedError("bad_arguments", `Unknown async operation ${operation}`);
  try {
    return await mutations.transactAs({ component, path: operation }, identity, (context) =>
      found(context, args),
    );
  } catch (error) {
    throw new CallRejectedError("bad_arguments", error instanceof Error ? error.message : String(error));
  } finally {
    scheduler.wake();
  }
}

async function searchVectors(component: string, args: string): Promise<string> {
  const { query }: { query: VectorQuery } = JSON.parse(args);
  const results = await rejecting(() => vectorSearch.search(component, query));
  await engine.durable();
  return JSON.stringify({ results });
}

/** Converts errors to rejections, which the other thread gets with their message. */
async function rejecting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new CallRejectedError("bad_arguments", error instanceof Error ? error.message : String(error));
  }
}

/** Runs a scheduled action in the actions' thread. */
async function runAction(call: Invocation): Promise<Outcome> {
  const outcome = await outcomeOfAction(call);
  if (!outcome.ok) log(`[${call.path}] scheduled function failed: ${outcome.errorMessage}`);
  return outcome;
}

async function outcomeOfAction(call: Invocation): Promise<Outcome> {
  try {
    return (await port.call({ type: "action", call })).outcome;
  } catch (error) {
    return { ok: false, errorMessage: error instanceof Error ? error.message : String(error), logLines: [] };
  }
}

function rejected(problems: string): AnswerOf<EngineRequests, "load"> {
  return { ts: engine.ts, providers: calls.registry?.providers ?? [], problems };
}

function sweepFiles(): void {
  swept = true;
  const snapshot = engine.snapshot();
  files.sweep(engine.reader(snapshot));
  snapshot.close();
}

function deleteOldAnswers(): void {
  const now = realNow();
  engine.store.deleteAnswers(now - ANSWERS_KEPT_MS);
  engine.store.deleteAnswers(now - OWN_ANSWERS_KEPT_MS, OWN_SESSION);
}
