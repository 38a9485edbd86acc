/** Opens a backend for one test, with its own data file and its own copy of a functions folder. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JSONValue } from "convex/values";
import type { BackendEvent, FunctionCall, Identity, Outcome } from "../../src/backend.ts";
import type { LocalBackend } from "../../src/local-backend.ts";
import { startBackend } from "../../src/worker-backend.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

export type TestBackend = {
  backend: LocalBackend;
  /** Folder of the functions: a copy that tests can edit. */
  functionsDir: string;
  dataFile: string;
  log: string[];
  events: BackendEvent[];
  /** Stops the backend and starts another one on the same data. */
  restart(): Promise<void>;
  /** Runs a query that returns documents. */
  rows(path: string, args?: JSONValue): Promise<{ [field: string]: JSONValue | undefined }[]>;
  close(): Promise<void>;
};

type Options = { env?: Record<string, string>; watch?: boolean; redactErrors?: boolean };

/**
 * Opens a backend.
 *
 * @param fixture - A folder in `tests/fixtures`.
 * @param options - Options of the backend.
 */
export async function openBackend(fixture: string, options: Options = {}): Promise<TestBackend> {
  // Inside the repository, so that the functions find their packages.
  const local = join(HERE, "../../../../.local");
  await mkdir(local, { recursive: true });
  const dir = await mkdtemp(join(local, `${fixture}-`));
  const functionsDir = join(dir, "convex");
  await cp(join(HERE, "../fixtures", fixture), functionsDir, { recursive: true });
  const data = await mkdtemp(join(tmpdir(), "convex-engine-"));
  const dataFile = join(data, "data.sqlite");
  const log: string[] = [];
  const events: BackendEvent[] = [];
  const start = async (): Promise<LocalBackend> => {
    const backend = await startBackend({
      functionsDir,
      dataFile,
      env: options.env ?? {},
      log: (line) => log.push(line),
      watch: options.watch ?? false,
      ...(options.redactErrors === undefined ? {} : { redactErrors: options.redactErrors }),
    });
    backend.onEvent((event) => events.push(event));
    return backend;
  };
  const test: TestBackend = {
    backend: await start(),
    functionsDir,
    dataFile,
    log,
    events,
    restart: async () => {
      await test.backend.close();
      test.backend = await start();
    },
    rows: async (path, args) => rowsOf(resultOf(await test.backend.query(call(path, args)))),
    close: async () => {
      await test.backend.close();
      await rm(dir, { recursive: true, force: true });
      await rm(data, { recursive: true, force: true });
    },
  };
  return test;
}

/** Returns a public call. */
export function call(path: string, args: JSONValue = {}, identity: Identity | null = null): FunctionCall {
  return { path, args, identity, caller: "public" };
}

/** Returns the objects in a list. */
export function rowsOf(value: JSONValue): { [field: string]: JSONValue | undefined }[] {
  if (!Array.isArray(value)) throw new Error("The result is not a list.");
  return value.map((row) => {
    if (row === null || typeof row !== "object" || Array.isArray(row))
      throw new Error("The list has no objects.");
    return row;
  });
}

/**
 * Returns the value of an outcome.
 *
 * @throws {Error} with its message when the call failed.
 */
export function resultOf({ outcome }: { outcome: Outcome }): JSONValue {
  if (!outcome.ok) throw new Error(outcome.errorMessage);
  return outcome.value;
}

/** Returns the message of a failed outcome. */
export function errorOf({ outcome }: { outcome: Outcome }): string {
  if (outcome.ok) throw new Error(`The call did not fail: ${JSON.stringify(outcome.value)}`);
  return outcome.errorMessage;
}
