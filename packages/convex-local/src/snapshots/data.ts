/** What exports and imports need of the backend. */
import type { JSONValue } from "convex/values";
import type { Tables } from "../backend.ts";
import type { StoredFile } from "../functions/tables/stored-files.ts";
import type { Progress } from "../functions/threads/thread-messages.ts";

export interface SnapshotData extends Tables {
  /** Returns the timestamp of the newest commit. */
  now(): bigint;

  /** Stores the state of an import or export, to which clients can subscribe. Returns the id of its document. */
  saveProgress(progress: Progress): Promise<string>;

  /** Reads a stored file by its id. */
  readFile(id: string, component: string): Promise<StoredFile | null>;

  /** Stores a file with the id, creation time and metadata of its document in Convex's JSON. */
  restoreFile(component: string, document: JSONValue, body: Uint8Array): Promise<void>;
}
