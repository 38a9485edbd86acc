/** What the backend of one machine takes to start, and what it can do beside a `Backend`'s part. */
import type { Backend, HttpRequestMessage, HttpResponseMessage, Identity, Tables } from "./backend.ts";
import type { StoredFile } from "./functions/tables/stored-files.ts";

export type BackendOptions = {
  /** Folder of the functions. */
  functionsDir: string;
  /** SQLite file; made where there is none. */
  dataFile: string;
  /** The functions' `process.env`. */
  env: Record<string, string>;
  /** One line each: what functions print, reloads, what went wrong. */
  log(line: string): void;
  /** Whether to take up changes of the sources. */
  watch: boolean;
  /** Whether callers learn no more of an error than in production. */
  redactErrors?: boolean;
};

/** A file that somebody uploads; `sha256` is what it must hash to, in base64, where they say. */
export type UploadedFile = { body: Uint8Array; contentType?: string | null; sha256?: string | null };

/** The backend with what only this one has: stored files, the tables as they are, and who asks in an HTTP action. */
export interface LocalBackend extends Backend, Tables {
  /** @param identity who the request's token says is asking, where it has a good one */
  http(request: HttpRequestMessage, identity?: Identity | null): Promise<HttpResponseMessage>;

  /**
   * `POST /api/storage/upload?token=…`, the URL that `generateUploadUrl` gives.
   * @throws an error with code `bad_arguments` when the token or the hash is not right
   */
  storeFile(token: string, file: UploadedFile): Promise<{ storageId: string }>;

  /** `GET /api/storage/{storageId}`, the URL that `getUrl` gives; null: there is none. */
  readFile(storageId: string): Promise<StoredFile | null>;
}
