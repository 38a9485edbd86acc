/** Syscalls of `ctx.storage`. Those of an action each use a separate transaction. */
import { realNow } from "../isolate/globals.ts";
import { InvalidFileIdError, type StoredFiles } from "../tables/stored-files.ts";
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
    "1.0/storageGetUrl": operation((context, { storageId }: FileArgs) =>
      naming("storage.getUrl", () => {
        const { component } = context;
        const found = files.metadata(readerOf(context), component, storageId);
        const owner = component === "" ? "" : `?component=${encodeURIComponent(component)}`;
        return JSON.stringify(found && `${origin()}${STORAGE_PATH}/${found.storageId}${owner}`);
      }),
    ),
    "1.0/storageGetMetadata": operation((context, { storageId }: FileArgs) =>
      naming("storage.getMetadata", () =>
        JSON.stringify(files.metadata(readerOf(context), context.component, storageId)),
      ),
    ),
    "1.0/storageDelete": operation((context, { storageId }: FileArgs) =>
      naming("storage.delete", () => {
        files.remove(writerOf(context), context.component, storageId);
        return "{}";
      }),
    ),
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

/** Adds the name of the called function to the error of an id that is none. */
function naming<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidFileIdError)) throw error;
    throw new Error(`Invalid argument \`storageId\` for \`${name}\`: ${error.message}`);
  }
}

function origin(): string {
  return process.env.CONVEX_CLOUD_URL ?? process.env.CONVEX_URL ?? "";
}
