/** A backend for one test: its own data file and, where it edits them, its own copy of a functions folder. */
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
  /** Folder of the functions: a copy, free to be edited. */
  functionsDir: string;
  dataFile: string;
  log: string[];
  events: BackendEvent[];
  /** Ends it and starts another one over the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

type Options = { env?: Record<string, string>; watch?: boolean; redactErrors?: boolean };

/** @param fixture a folder in `tests/fixtures` */
export async function openBackend(fixture: string, options: Options = {}): Promise<TestBackend> {
  // Inside the checkout, so that the functions find their packages.
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
    close: async () => {
      await test.backend.close();
      await rm(dir, { recursive: true, force: true });
      await rm(data, { recursive: true, force: true });
    },
  };
  return test;
}

export function call(path: string, args: JSONValue = {}, identity: Identity | null = null): FunctionCall {
  return { path, args, identity, caller: "public" };
}

/** The value of an outcome. @throws Error with the message of one that failed */
export function resultOf({ outcome }: { outcome: Outcome }): JSONValue {
  if (!outcome.ok) throw new Error(outcome.errorMessage);
  return outcome.value;
}

/** The message of an outcome that failed. */
export function errorOf({ outcome }: { outcome: Outcome }): string {
  if (outcome.ok) throw new Error(`did not fail: ${JSON.stringify(outcome.value)}`);
  return outcome.errorMessage;
}
