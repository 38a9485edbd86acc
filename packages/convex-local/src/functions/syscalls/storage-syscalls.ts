/** `ctx.storage` in queries and mutations, and, each in a transaction of its own, for actions. */
import type { CallContext } from "../execution/call-context.ts";
import { realNow } from "../isolate/globals.ts";
import type { Files } from "../tables/stored-files.ts";
import { readerOf, writerOf } from "./database-syscalls.ts";
import type { Operation } from "./syscalls.ts";

type FileArgs = { storageId: string };
type StoreArgs = { blob: string; contentType?: string; sha256?: string };

/** Where files are uploaded to and read from, below the deployment's address. */
const STORAGE_PATH = "/api/storage";

export function storageOperations(files: Files): Record<string, Operation> {
  return {
    "1.0/storageGenerateUploadUrl": (context) => {
      writerOf(context);
      return JSON.stringify(
        `${origin()}${STORAGE_PATH}/upload?token=${files.uploadToken(context.component, realNow())}`,
      );
    },
    "1.0/storageGetUrl": (context, { storageId }: FileArgs) => {
      const found = files.metadata(readerOf(context), context.component, storageId);
      return JSON.stringify(found ? `${origin()}${STORAGE_PATH}/${storageId}` : null);
    },
    "1.0/storageGetMetadata": (context, { storageId }: FileArgs) =>
      JSON.stringify(files.metadata(readerOf(context), context.component, storageId)),
    "1.0/storageDelete": (context, { storageId }: FileArgs) => {
      files.remove(writerOf(context), context.component, storageId);
      return "{}";
    },
    "1.0/storageStore": (context, { blob, contentType, sha256 }: StoreArgs) => {
      const body = Buffer.from(blob, "base64");
      return JSON.stringify(
        files.store(writerOf(context), context.component, body, contentType || null, sha256),
      );
    },
    "1.0/storageGet": (context: CallContext, { storageId }: FileArgs) => {
      const file = files.read(readerOf(context), context.component, storageId);
      return JSON.stringify(
        file && { blob: Buffer.from(file.body).toString("base64"), contentType: file.contentType },
      );
    },
  };
}

function origin(): string {
  return process.env.CONVEX_CLOUD_URL ?? process.env.CONVEX_URL ?? "";
}
