/** Syscalls of `ctx.storage`. Those of an action each use a separate transaction. */
import { realNow } from "../isolate/globals.ts";
import type { StoredFiles } from "../tables/stored-files.ts";
import { readerOf, writerOf } from "./database-syscalls.ts";
import { type Operation, operation } from "./syscalls.ts";

type FileArgs = { storageId: string };
type StoreArgs = { blob: string; contentType?: string; sha256?: string };

/** Path of stored files on the deployment's address. */
const STORAGE_PATH = "/api/storage";

/** Returns the operations of the file storage. */
export function storageOperations(files: StoredFiles): Record<string, Operation> {
  return {
    "1.0/storageGenerateUploadUrl": (context) => {
      writerOf(context);
      return JSON.stringify(
        `${origin()}${STORAGE_PATH}/upload?token=${files.uploadToken(context.component, realNow())}`,
      );
    },
    "1.0/storageGetUrl": operation((context, { storageId }: FileArgs) => {
      const found = files.metadata(readerOf(context), context.component, storageId);
      return JSON.stringify(found ? `${origin()}${STORAGE_PATH}/${storageId}` : null);
    }),
    "1.0/storageGetMetadata": operation((context, { storageId }: FileArgs) =>
      JSON.stringify(files.metadata(readerOf(context), context.component, storageId)),
    ),
    "1.0/storageDelete": operation((context, { storageId }: FileArgs) => {
      files.remove(writerOf(context), context.component, storageId);
      return "{}";
    }),
    "1.0/storageStore": operation((context, { blob, contentType, sha256 }: StoreArgs) => {
      const body = Buffer.from(blob, "base64");
      return JSON.stringify(
        files.store(writerOf(context), context.component, body, contentType || null, sha256),
      );
    }),
    "1.0/storageGet": operation((context, { storageId }: FileArgs) => {
      const file = files.read(readerOf(context), context.component, storageId);
      return JSON.stringify(
        file && { blob: Buffer.from(file.body).toString("base64"), contentType: file.contentType },
      );
    }),
  };
}

function origin(): string {
  return process.env.CONVEX_CLOUD_URL ?? process.env.CONVEX_URL ?? "";
}
