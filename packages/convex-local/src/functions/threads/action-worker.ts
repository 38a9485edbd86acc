/** Entry of the actions' thread: actions and HTTP actions. Their queries and mutations run in the engine's thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { Outcome } from "../../backend.ts";
import { canonicalPath } from "../../function-path.ts";
import { tableOfId } from "../../values/id.ts";
import { parseJson } from "../../values/json.ts";
import { newContext, reportRunning } from "../execution/call-context.ts";
import { CallRejectedError, errorOf, toOutcome } from "../execution/call-errors.ts";
import { run } from "../execution/function-runner.ts";
import { runHttpAction } from "../execution/http-actions.ts";
import { installEnvironment, setAppEnvironment } from "../isolate/component-env.ts";
import { installGlobals } from "../isolate/globals.ts";
import { handleUncaughtErrors } from "../isolate/uncaught-errors.ts";
import { Registry } from "../modules/registry.ts";
import { asyncCalls, type Callee } from "../syscalls/call-syscalls.ts";
import { installSyscalls, type Operation } from "../syscalls/syscalls.ts";
import {
  type ActionRequests,
  type ActionWorkerData,
  type AnswerOf,
  type Invocation,
  type RequestOf,
  VECTOR_SEARCH,
} from "./thread-messages.ts";
import { WorkerPort } from "./worker-port.ts";

if (!parentPort) throw new Error("action-worker.ts must run in a worker thread.");
const { running }: ActionWorkerData = workerData;
const port = new WorkerPort<ActionRequests>(
  parentPort,
  handleUncaughtErrors((line) => port.send({ type: "log", line })),
);
let registry: Registry | null = null;

/** Operations that need the database and run in the engine's thread. */
const REMOTE = [
  "1.0/actions/schedule",
  "1.0/actions/cancel_job",
  "1.0/storageGetUrl",
  "1.0/storageGetMetadata",
  "1.0/storageGenerateUploadUrl",
  "1.0/storageDelete",
  VECTOR_SEARCH,
];

const callee: Callee = {
  nested: (context) => Promise.reject(new Error(`${context.path} is an action.`)),
  check: (target) => loaded().refer(target),
  separate: async (context, target, kind, args) => {
    loaded().refer(target);
    const { component, path } = target;
    const call: Invocation = { component, path, args, identity: context.identity, caller: "internal" };
    const outcome =
      kind === "action" ? await runAction(call) : (await port.call({ type: kind, call })).outcome;
    if (!outcome.ok) throw errorOf(outcome);
    return JSON.stringify(outcome.value);
  },
};

installGlobals(log);
installEnvironment();
reportRunning(running);
installSyscalls({
  sync: {},
  async: { ...asyncCalls(callee), ...Object.fromEntries(REMOTE.map((name) => [name, remote(name)])) },
  object: {
    "storage/storeBlob": async (context, { blob, options }) => {
      if (!(blob instanceof Blob)) throw new Error("store() expects a Blob.");
      const body = new Uint8Array(await blob.arrayBuffer());
      const { component } = context;
      const contentType = blob.type || null;
      const sha256 = options?.sha256 ?? null;
      const result = await port.call({ type: "storeFile", component, body, contentType, sha256 });
      if ("rejected" in result) throw new Error(result.rejected.message);
      return result.storageId;
    },
    "storage/getBlob": async (context, { storageId = "" }) => {
      const file = await port.call({ type: "readFile", storageId, component: context.component });
      return file && new Blob([new Uint8Array(file.body)], { type: file.contentType ?? "" });
    },
  },
});

port.serve({ request: (request, id) => answer(request, id) });
port.send({ type: "started", ts: 0n });

async function answer(request: RequestOf<ActionRequests>, id: number): Promise<AnswerOf<ActionRequests>> {
  switch (request.type) {
    case "load":
      setAppEnvironment(request.env);
      registry = await Registry.load(request.build, true).catch((error: unknown) => {
        throw new CallRejectedError("bad_arguments", error instanceof Error ? error.message : String(error));
      });
      return null;
    case "action":
      return { outcome: await runAction({ ...request.call, work: [id, 0] }) };
    case "http":
      return runHttpAction(loaded(), request, [id, 0], log);
  }
}

function log(line: string): void {
  port.send({ type: "log", line });
}

function loaded(): Registry {
  if (!registry) throw new CallRejectedError("restarted", "No functions are loaded.");
  return registry;
}

async function runAction(call: Invocation): Promise<Outcome> {
  const target = loaded().resolve(
    { component: call.component, path: canonicalPath(call.path) },
    call.caller,
    "action",
  );
  const context = newContext(target, "action", call);
  try {
    // Only the engine's thread knows the tables, so any valid id is accepted here.
    const value = await run(target, call.args, context, (_table, id) => tableOfId(id) !== null);
    return { ok: true, value: parseJson(value), logLines: context.logLines };
  } catch (error) {
    return toOutcome(error, context.requestId, context.logLines);
  }
}

function remote(operation: string): Operation {
  return ({ component, identity }, args) =>
    port.call({ type: "syscall", operation, args, component, identity });
}
