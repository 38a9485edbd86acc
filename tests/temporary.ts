/** Temporary folder of one test run: checked at the start and removed at the end. */
import { mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lock, tryLock } from "../local/launch/lock.ts";

/** Space for the browser profiles, app data and builds of a parallel test run, in MiB. */
const NEEDED_MIB = 300;
const PREFIX = "mosaic-tests-";

/**
 * Returns the variables of this test run, which keep a process inside its folders (tests/steps.ts); empty outside a run.
 * For processes that do not inherit the whole environment.
 */
export function runVariables(): Record<string, string> {
  const folders = ["TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "npm_config_cache"];
  const names = [...folders, "CONVEX_LOCAL_BUILDS", "CONVEX_LOCAL_SYNC", "NODE_COMPILE_CACHE"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Thrown when the tests cannot start; its message fits on one line. */
export class TemporaryFolderError extends Error {
  override readonly name = "TemporaryFolderError";
}

export type TemporaryFolder = {
  path: string;
  /** Removes the folder and everything in it. */
  remove(): void;
};

/**
 * Checks that the machine's temporary folder exists, is writable and has enough space.
 *
 * @throws {TemporaryFolderError} when it is not usable.
 */
export function checkTemporaryFolder(): void {
  makeTemporaryFolder().remove();
}

/**
 * Creates the folder, and removes the folders of killed runs.
 *
 * @throws {TemporaryFolderError} when the machine's temporary folder is not usable.
 */
export function makeTemporaryFolder(): TemporaryFolder {
  const parent = tmpdir();
  try {
    const { bavail, bsize } = statfsSync(parent);
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    if (free < NEEDED_MIB) throw new Error(`has ${free} MiB free, and ${NEEDED_MIB} are needed`);
    removeAbandoned(parent);
    const path = mkdtempSync(join(parent, PREFIX));
    const lock = tryLock(join(path, "lock"));
    return { path, remove: () => release(path, lock) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: "does not exist",
      ENOTDIR: "is not a folder",
      ENOSPC: "is full",
    };
    const reason = code === undefined ? message : (reasons[code] ?? `is not writable (${code})`);
    throw new TemporaryFolderError(
      `The temporary folder ${parent} ${reason}. Set TMPDIR to a folder with enough space.`,
    );
  }
}

function release(path: string, lock: Lock | null): void {
  lock?.release();
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * Removes the folders of killed runs, whose lock is free. A folder without a lock file is just being created.
 */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((name) => name.startsWith(PREFIX))) {
    const path = join(parent, name);
    try {
      if (!readdirSync(path).includes("lock")) continue;
      const lock = tryLock(join(path, "lock"));
      if (lock !== null) release(path, lock);
    } catch {
      // The folder belongs to another user, or no longer exists.
    }
  }
}
