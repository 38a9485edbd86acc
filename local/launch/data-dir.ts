/** The folder with one copy's local data: what is in it, who uses it, and how it is emptied. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Lock, tryLock } from "./lock.ts";

/** Paths in the data folder. A name that is not here is not ours, and `npm run reset` leaves it alone. */
export type DataDir = {
  path: string;
  lockFile: string;
  /** WorkOS stand-in: keys, users, sessions. */
  workosFile: string;
  /** Local Convex: documents, indexes, answered mutations. */
  convexFile: string;
  /** What the worker keeps: Durable Objects and KV. */
  workerState: string;
  /** Vite's prepared dependencies. */
  viteCache: string;
  /** The build that `npm start` serves: its own copy, so that a newer build does not pull it from under it. */
  servedBuild: string;
  /** Wrangler's register of workers on this machine, apart for each copy. */
  registry: string;
  /** A password that was made for this copy. */
  passwordFile: string;
  /** The keys with which the demo's agents send. */
  demoKeys: string;
  /** The worker's variables while it runs with hot reload. */
  devVars: string;
  /** The temporary folder of the app's processes, emptied at each start. The machine's may be full. */
  temporary: string;
  /** What wrangler would keep in HOME, which may be read-only: settings and logs. */
  toolSettings: string;
};

/**
 * Where this copy's data is.
 *
 * @param root The checkout.
 * @param localDir `LOCAL_DIR`, relative to the checkout, or nothing for `.local/PORT`.
 */
export function dataDir(root: string, port: number, localDir: string | undefined): DataDir {
  const path = resolve(root, localDir || join(".local", String(port)));
  return {
    path,
    lockFile: join(path, "lock"),
    workosFile: join(path, "workos.sqlite"),
    convexFile: join(path, "convex.sqlite"),
    workerState: join(path, "worker"),
    viteCache: join(path, "vite"),
    servedBuild: join(path, "build"),
    registry: join(path, "registry"),
    passwordFile: join(path, "cookie-password"),
    demoKeys: join(path, "demo-keys.json"),
    devVars: join(path, ".dev.vars"),
    temporary: join(path, "temporary"),
    toolSettings: join(path, "tool-settings"),
  };
}

/** Makes the folder, for this user's eyes only, and takes it; null where a running copy has it. */
export function claim(dir: DataDir): Lock | null {
  mkdirSync(dir.path, { recursive: true, mode: 0o700 });
  return tryLock(dir.lockFile);
}

/** A cookie password that only this copy knows; the same one until the data is reset, so that a restart signs nobody out. */
export function ownPassword(dir: DataDir): string {
  mkdirSync(dir.path, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(dir.passwordFile, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(dir.passwordFile, "utf8");
}

/** Removes all that this project put into the folder. The caller holds the lock. */
export function empty(dir: DataDir): void {
  // A database keeps its journals, and what belongs to it, under its own name and an ending.
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
  const secrets = [dir.devVars, dir.passwordFile, dir.demoKeys];
  for (const path of [...files.map((name) => join(dir.path, name)), ...folders, ...secrets]) {
    rmSync(path, { recursive: true, force: true });
  }
}
