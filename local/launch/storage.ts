/** Error messages for a full or read-only disk. */

const CODES: Record<string, string> = {
  ENOSPC: "The disk is full",
  EDQUOT: "The disk quota is used up",
  EROFS: "The disk is read-only",
  EACCES: "A folder is not writable",
  ENOTDIR: "A folder of the path is a file",
};

/** SQLite's own codes: SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN. */
const SQLITE: Record<number, string> = {
  8: "The disk is read-only",
  10: "The disk is full or broken",
  13: "The disk is full",
  14: "The disk is full or not writable",
};

type Thrown = { code?: string; errcode?: number; path?: string; syscall?: string };

/**
 * Returns the message for an error of the data folder.
 *
 * @param error - The thrown value.
 * @returns One line that says what to do, or null for any other error.
 */
export function storageProblem(error: unknown): string | null {
  const { code, errcode, path, syscall } = (error ?? {}) as Thrown;
  // On a read-only disk Node's recursive mkdir reports ENOENT.
  const unmade = code === "ENOENT" && syscall === "mkdir" ? "A folder cannot be made" : undefined;
  const reason = CODES[code ?? ""] ?? SQLITE[(errcode ?? 0) & 0xff] ?? unmade;
  if (reason === undefined) return null;
  const where = path === undefined ? "" : ` (${path})`;
  return `${reason}${where}. Make room there, or set LOCAL_DIR to a folder that can be written.`;
}
