/** The local backend: its options, and what it offers in addition to `Backend`. */
import type { Administration } from "./administration.ts";
import type { Backend } from "./backend.ts";
import type { ConflictOptions } from "./conflicts/pace.ts";
import type { StoredFile } from "./functions/tables/stored-files.ts";
import type { UploadResult } from "./functions/threads/thread-messages.ts";

export type BackendOptions = {
  /** Folder of the functions. */
  functionsDir: string;
  /** SQLite file; created if it does not exist. */
  dataFile: string;
  /** The functions' `process.env`. */
  env: Record<string, string>;
  /** Receives one line for each console line of a function, reload and error. */
  log(line: string): void;
  /** Whether to reload when the sources change. */
  watch: boolean;
  /**
   * Makes concurrent mutations conflict by Convex's rules, with the time that a mutation takes. By default mutations run
   * one after another.
   */
  conflicts?: ConflictOptions | null;
  /** Whether errors are redacted for callers, as in production. */
  redactErrors?: boolean;
};

/** An uploaded file; `sha256` is its expected digest in base64. */
export type UploadedFile = { body: Uint8Array; contentType?: string | null; sha256?: string | null };

/** `Backend` with stored files and administration. */
export interface LocalBackend extends Backend {
  readonly admin: Administration;

  /** Handles `POST /api/storage/upload?token=…`, the URL that `generateUploadUrl` returns. */
  storeFile(token: string, file: UploadedFile): Promise<UploadResult>;

  /**
   * Handles `GET /api/storage/{code}?component={component}`, the URL that `getUrl` returns. Null if there is no such
   * file.
   */
  readFile(code: string, component: string): Promise<StoredFile | null>;
}
