/** Stored files over HTTP: uploads to a URL from a function, downloads by id. */
import type { IncomingMessage } from "node:http";
import { isUuid } from "../values/id.ts";
import { type Answer, HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** The largest file in bytes, because files pass through memory here. Convex has no size limit. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** A stored file never changes. */
const CACHED_SECONDS = 30 * 24 * 3600;

export type FileStore = {
  storeFile(
    token: string,
    file: { body: Uint8Array; contentType: string | null; sha256: string | null },
  ): Promise<{ storageId: string } | { rejected: { code: string; message: string } }>;
  /** Returns null if there is no such file. `sha256` is base64. */
  readFile(
    code: string,
    component: string,
  ): Promise<{ body: Uint8Array; contentType: string | null; sha256: string } | null>;
};

/**
 * Stores a body as a file.
 *
 * @throws {HttpError} 401 when the URL is invalid or has expired, 400 when the `Digest` differs.
 */
export async function uploadAnswer(
  files: FileStore | null,
  request: IncomingMessage,
  token: string | null,
): Promise<Answer> {
  if (files === null || token === null)
    throw new HttpError(400, "BadUploadUrl", "This is not an upload URL.");
  const body = await readBody(request, MAX_FILE_BYTES);
  const contentType = request.headers["content-type"] ?? null;
  const result = await files.storeFile(token, { body, contentType, sha256: digest(request) });
  if ("storageId" in result) return { status: 200, body: result };
  const { code, message } = result.rejected;
  throw new HttpError(code === "Sha256Mismatch" ? 400 : 401, code, message);
}

/**
 * Responds with a file, or with the requested range of it.
 *
 * @param component - The component that stored the file, "" for the app.
 * @throws {HttpError} 400 when the path is malformed, 404 when there is no such file, 416 when the range is not in it.
 */
export async function fileAnswer(
  files: FileStore | null,
  request: IncomingMessage,
  code: string,
  component: string,
): Promise<Answer> {
  if (!isUuid(code)) {
    throw new HttpError(
      400,
      "InvalidStoragePath",
      `Invalid storage path: "${code}". Please use \`storage.getUrl(storageId: Id<"_storage">)\` to generate a valid URL to retrieve files. See https://docs.convex.dev/file-storage/serve-files for more details`,
    );
  }
  const file = (await files?.readFile(code, component)) ?? null;
  if (file === null) throw new HttpError(404, "FileNotFound", `File ${code} not found`);
  const { body, contentType, sha256 } = file;
  const headers = {
    "Content-Type": contentType ?? "application/octet-stream",
    "Cache-Control": `private, max-age=${CACHED_SECONDS}`,
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    Digest: `sha-256=${sha256}`,
  };
  const range = requestedRange(request.headers.range, body.length);
  if (range === null) return { status: 200, body, headers };
  if (range === "unsatisfiable") {
    throw new HttpError(416, "RangeNotSatisfiable", "The range is not in the file.", {
      "Content-Range": `bytes */${body.length}`,
    });
  }
  const { first, last } = range;
  const part = { "Content-Range": `bytes ${first}-${last}/${body.length}` };
  return { status: 206, body: body.subarray(first, last + 1), headers: { ...headers, ...part } };
}

/** Returns the base64 of `Digest: sha-256=…` (https://www.rfc-editor.org/rfc/rfc3230). */
function digest(request: IncomingMessage): string | null {
  const header = request.headers.digest;
  return (
    /(?:^|,)\s*sha-256=([A-Za-z0-9+/]{43}=)/i.exec(typeof header === "string" ? header : "")?.[1] ?? null
  );
}

/**
 * Parses one range of bytes. Null means the whole file, which is also the response for an empty one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
function requestedRange(
  header: string | undefined,
  size: number,
): { first: number; last: number } | "unsatisfiable" | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (size === 0 || from === undefined || to === undefined || (from === "" && to === "")) return null;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < first) return null;
  return first > last ? "unsatisfiable" : { first, last };
}
