/** Data folder of one copy: its paths, its lock, and how it is emptied. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Lock, tryLock } from "./lock.ts";

/** Paths in the data folder. `npm run reset` deletes only these. */
export type DataDir = {
  path: string;
  lockFile: string;
  /** WorkOS emulator: keys, users, sessions. */
  workosFile: string;
  /** Local Convex backend: documents, indexes, results of mutations. */
  convexFile: string;
  /** The admin key of the local Convex backend, for `npx convex … --admin-key`. */
  adminKeyFile: string;
  /** Storage of the worker: Durable Objects and KV. */
  workerState: string;
  /** Vite's cache of optimized dependencies. */
  viteCache: string;
  /** The build that `npm start` serves. A separate copy, so that a newer build does not change it. */
  servedBuild: string;
  /** Wrangler's registry of workers, separate for each copy. */
  registry: string;
  /** The cookie password generated for this copy. */
  passwordFile: string;
  // agents:start
  /** The API keys of the demo agents. */
  demoKeys: string;
  // agents:end
  /** The worker's variables in development mode. */
  devVars: string;
  /** Temporary folder of the app's processes, emptied at each start. The system's may be full. */
  temporary: string;
  /** Settings and logs that wrangler would store in HOME, which may be read-only. */
  toolSettings: string;
};

/**
 * Returns the paths of a copy's data folder.
 *
 * @param root - The checkout.
 * @param port - The port of the app.
 * @param localDir - `LOCAL_DIR`, relative to the checkout; empty or undefined for `.local/PORT`.
 */
export function dataDir(root: string, port: number, localDir: string | undefined): DataDir {
  const path = resolve(root, localDir || join(".local", String(port)));
  return {
    path,
    lockFile: join(path, "lock"),
    workosFile: join(path, "workos.sqlite"),
    convexFile: join(path, "convex.sqlite"),
    adminKeyFile: join(path, "admin-key"),
    workerState: join(path, "worker"),
    viteCache: join(path, "vite"),
    servedBuild: join(path, "build"),
    registry: join(path, "registry"),
    passwordFile: join(path, "cookie-password"),
    demoKeys: join(path, "demo-keys.json"), // agents:line
    devVars: join(path, ".dev.vars"),
    temporary: join(path, "temporary"),
    toolSettings: join(path, "tool-settings"),
  };
}

/**
 * Creates the folder, readable only by this user, and locks it; returns null if a running copy has the lock.
 */
export function claim(dir: DataDir): Lock | null {
  mkdirSync(dir.path, { recursive: true, mode: 0o700 });
  return tryLock(dir.lockFile);
}

/**
 * Returns the cookie password of this copy. It stays the same until the data is reset, so that a restart
 * signs no user out.
 */
export function ownPassword(dir: DataDir): string {
  mkdirSync(dir.path, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(dir.passwordFile, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(dir.passwordFile, "utf8");
}

/** Deletes everything that this project put into the folder. The caller must hold the lock. */
export function empty(dir: DataDir): void {
  // Journals and other files of a database have its name as prefix.
  const databases = [dir.workosFile, dir.convexFile].map((file) => basename(file));
  const isOurs = (name: string) => databases.some((database) => name.startsWith(database));
  const files = readdirSync(dir.path).filter(isOurs);
  const folders = [
    dir.workerState,
    dir.viteCache,
    dir.servedBuild,
    dir.registry,
    dir.temporary,
    dir.toolSettings,
  ];
  const secrets = [
    dir.devVars,
    dir.passwordFile,
    dir.demoKeys, // agents:line
    dir.adminKeyFile,
  ];
  for (const path of [...files.map((name) => join(dir.path, name)), ...folders, ...secrets]) {
    rmSync(path, { recursive: true, force: true });
  }
}
