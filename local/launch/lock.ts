/**
 * File lock that is released when its holder exits, for any reason. The operating system holds SQLite's file
 * lock for the process, so no stale lock is left after `kill -9` and no process id has to be checked.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

export type Lock = { release(): void };

const SQLITE_BUSY = 5;
const RETRY_MS = 100;

/** Takes the lock, or returns null if another process, or another caller in this one, has it. */
export function tryLock(file: string): Lock | null {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return { release: () => database.close() };
}

/** Waits until the lock is free, and takes it. Rejects when `signal` aborts. */
export async function waitForLock(file: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    signal.throwIfAborted();
    const lock = tryLock(file);
    if (lock !== null) return lock;
    await pause(RETRY_MS, undefined, { signal });
  }
}
