/** The engine's thread: the database, and the queries and mutations that use it. */
import { parentPort, workerData } from "node:worker_threads";
import type { Outcome } from "../../backend.ts";
import { Engine } from "../../engine/engine.ts";
import { changeSchema, SchemaRefused } from "../../engine/schema-change.ts";
import { reportRunning } from "../execution/call-context.ts";
import { CallRefused, CommitFailed } from "../execution/call-errors.ts";
import { Calls } from "../execution/engine-calls.ts";
import { Mutations } from "../execution/mutations.ts";
import { Queries } from "../execution/queries.ts";
import { installEnvironment } from "../isolate/component-env.ts";
import { installGlobals, realNow } from "../isolate/globals.ts";
import { surviveUserErrors } from "../isolate/user-errors.ts";
import { Crons } from "../jobs/cron-jobs.ts";
import { forgetOldJobs } from "../jobs/scheduled-functions.ts";
import { Scheduler } from "../jobs/scheduler.ts";
import type { Build } from "../modules/bundle.ts";
import { Registry } from "../modules/registry.ts";
import { asyncCalls, syncCalls } from "../syscalls/call-syscalls.ts";
import { asyncDatabase, syncDatabase } from "../syscalls/database-syscalls.ts";
import { scheduleOperations } from "../syscalls/schedule-syscalls.ts";
import { storageOperations } from "../syscalls/storage-syscalls.ts";
import { installSyscalls, type Operation } from "../syscalls/syscalls.ts";
import { DocumentTables } from "../tables/document-tables.ts";
import { Files, type StoredFile } from "../tables/stored-files.ts";
import { tableSpecs } from "../tables/system-tables.ts";
import type { EngineAnswers, EngineRequest, EngineWorkerData, Invocation } from "./thread-messages.ts";
import { OWN_SESSION } from "./thread-messages.ts";
import { Port } from "./worker-port.ts";

/** An answered mutation is remembered so long, in ms: longer than any client goes on sending it again. */
const ANSWERS_KEPT_MS = 7 * 24 * 3_600_000;
/** Those of keys that this program gave itself: nobody asks after it has ended. */
const OWN_ANSWERS_KEPT_MS = 600_000;
/** What has been scheduled and is over can be looked at so long. */
const JOBS_KEPT_MS = 7 * 24 * 3_600_000;
const MOST_FORGOTTEN = 2000;
const CLEANING_MS = 3_600_000;

if (!parentPort) throw new Error("engine-worker.ts runs as a worker");
const { dataFile, running } = workerData as EngineWorkerData;
const port = new Port<EngineRequest>(
  parentPort,
  surviveUserErrors((line) => port.send({ type: "log", line })),
);
const engine = openEngine();
const log = (line: string): void => port.send({ type: "log", line });
const calls = new Calls(engine);
const queries = new Queries(calls, (event) => port.send({ type: "event", event }));
const mutations = new Mutations(calls, log);
const crons = new Crons(mutations);
const scheduler = new Scheduler(calls, mutations, runAction, crons);
const schedule = scheduleOperations((address) => calls.registry?.find(address) ?? null);
const files = new Files(engine, dataFile);
const storage = storageOperations(files);
const tables = new DocumentTables(calls, mutations);
/** What actions ask of the database, each in a transaction of its own. */
const forActions: Record<string, Operation> = { ...schedule, ...storage };

let swept = false;

mutations.afterMutation = () => scheduler.wake();

installGlobals(log);
installEnvironment();
reportRunning(running);
installSyscalls({
  sync: { ...syncDatabase, ...syncCalls },
  async: {
    ...asyncDatabase,
    ...schedule,
    ...storage,
    ...asyncCalls({
      nested: (context, target, kind, args) => calls.nested(context, target, kind, args),
      separate: (context) => Promise.reject(new Error(`${context.path} is no action.`)),
    }),
  },
  object: {},
});
cleanAnswers();
setInterval(() => {
  cleanAnswers();
  void mutations.transact((transaction) =>
    forgetOldJobs(transaction, realNow() - JOBS_KEPT_MS, MOST_FORGOTTEN),
  );
}, CLEANING_MS).unref();

port.serve({
  request: (request, id) => answer(request, id),
  release: (ids) => queries.release(ids),
});
port.send({ type: "started", ts: engine.ts });

function openEngine(): Engine {
  try {
    return new Engine(dataFile, realNow);
  } catch (error) {
    port.send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

async function answer(request: EngineRequest, id: number): Promise<EngineAnswers[EngineRequest["type"]]> {
  switch (request.type) {
    case "load":
      return load(request.build);
    case "query":
      return queries.query({ ...request.call, work: [id, 0] }, request.at);
    case "mutation":
      return mutations.run({ ...request.call, work: [id, 0] }, request.key);
    case "answerOf":
      return mutations.answerOf(request.key);
    case "evaluate":
      return queries.evaluate(request.requests, id);
    case "syscall":
      return forAction(request);
    case "storeFile":
      return storeFile(request);
    case "readFile":
      return readFile(request);
    case "tables":
      return tables.summaries();
    case "documents":
      return tables.page(request.table, request.page);
    case "import":
      return tables.add(request.table, request.documents, request.replace);
    case "close":
      scheduler.stop();
      await mutations.exclusive(() => engine.close());
      return null;
  }
}

/** New functions take the place of the old ones in one step, or not at all. */
async function load(build: Build): Promise<EngineAnswers["load"]> {
  try {
    const registry = await Registry.load(build, false);
    await mutations.exclusive(async () => {
      await changeSchema(engine, tableSpecs(registry), () => calls.breathe());
      calls.registry = registry;
      engine.nextTs();
    });
    if (!swept) await mutations.exclusive(sweepFiles);
    await crons.load(registry);
    await scheduler.start();
    return { ts: engine.ts, providers: registry.providers, problems: null };
  } catch (error) {
    if (error instanceof SchemaRefused) return refused(error.message);
    return refused(error instanceof Error ? error.message : String(error));
  }
}

async function storeFile(request: Extract<EngineRequest, { type: "storeFile" }>): Promise<string> {
  const component = "token" in request ? files.openToken(request.token, realNow()) : request.component;
  if (component === null)
    throw new CallRefused("bad_arguments", "This upload URL is not good, or not any more.");
  try {
    return await mutations.transact((transaction) =>
      files.store(transaction, component, request.body, request.contentType, request.sha256 ?? undefined),
    );
  } catch (error) {
    if (error instanceof CommitFailed) throw error;
    throw new CallRefused("bad_arguments", error instanceof Error ? error.message : String(error));
  }
}

function readFile({ storageId, component }: Extract<EngineRequest, { type: "readFile" }>): StoredFile | null {
  const snapshot = engine.snapshot();
  try {
    return files.read(engine.reader(snapshot), component, storageId);
  } finally {
    snapshot.close();
  }
}

async function forAction({
  operation,
  args,
  component,
  identity,
}: Extract<EngineRequest, { type: "syscall" }>): Promise<string> {
  const found = Object.hasOwn(forActions, operation) ? forActions[operation] : undefined;
  if (!found) throw new CallRefused("bad_arguments", `Unknown async operation ${operation}`);
  try {
    return await mutations.transactAs({ component, path: operation }, identity, (context) =>
      found(context, JSON.parse(args) as never),
    );
  } catch (error) {
    throw new CallRefused("bad_arguments", error instanceof Error ? error.message : String(error));
  } finally {
    scheduler.wake();
  }
}

/** A scheduled action, in the actions' thread. */
async function runAction(call: Invocation): Promise<Outcome> {
  try {
    return ((await port.call({ type: "action", call })) as { outcome: Outcome }).outcome;
  } catch (error) {
    return { ok: false, errorMessage: error instanceof Error ? error.message : String(error), logLines: [] };
  }
}

function refused(problems: string): EngineAnswers["load"] {
  return { ts: engine.ts, providers: calls.registry?.providers ?? [], problems };
}

function sweepFiles(): void {
  swept = true;
  const snapshot = engine.snapshot();
  files.sweep(engine.reader(snapshot));
  snapshot.close();
}

function cleanAnswers(): void {
  const now = realNow();
  engine.store.deleteAnswers(now - ANSWERS_KEPT_MS);
  engine.store.deleteAnswers(now - OWN_ANSWERS_KEPT_MS, OWN_SESSION);
}
