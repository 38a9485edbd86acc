/** Stored files over HTTP: uploads to the URL that a function gave, downloads by id. */
import type { IncomingMessage } from "node:http";
import { codeOf, reasonOf } from "../failure.ts";
import { type Answer, HttpError } from "./answer.ts";
import { readBody } from "./body.ts";

/** A file passes through memory here; Convex itself has no limit but time. */
const LONGEST_FILE = 256 * 1024 * 1024;

/** A file never changes under its id. */
const CACHED_SECONDS = 30 * 24 * 3600;

export type FileStore = {
  /** @throws an error with the code `bad_arguments` where the token or the hash is not right. */
  storeFile(
    token: string,
    file: { body: Uint8Array; contentType: string | null; sha256: string | null },
  ): Promise<{ storageId: string }>;
  /** Null where there is none. `sha256` is base64. */
  readFile(
    storageId: string,
  ): Promise<{ body: Uint8Array; contentType: string | null; sha256: string } | null>;
};

/** Keeps a body as a file. @throws HttpError 400 where the URL is not good or the `Digest` is of something else. */
export async function uploadAnswer(
  files: FileStore | null,
  request: IncomingMessage,
  token: string | null,
): Promise<Answer> {
  if (files === null || token === null) throw new HttpError(400, "BadUploadUrl", "This is no upload URL.");
  const body = await readBody(request, LONGEST_FILE);
  const contentType = request.headers["content-type"] ?? null;
  try {
    return {
      status: 200,
      body: await files.storeFile(token, { body, contentType, sha256: digest(request) }),
    };
  } catch (error) {
    if (codeOf(error) === "bad_arguments") throw new HttpError(400, "BadUpload", reasonOf(error));
    throw error;
  }
}

/** A file, or the part that a `Range` asks for. @throws HttpError 404, 416 */
export async function fileAnswer(
  files: FileStore | null,
  request: IncomingMessage,
  storageId: string,
): Promise<Answer> {
  const file = (await files?.readFile(storageId)) ?? null;
  if (file === null) throw new HttpError(404, "FileNotFound", "There is no such file.");
  const { body, contentType, sha256 } = file;
  const headers = {
    "Content-Type": contentType ?? "application/octet-stream",
    "Cache-Control": `private, max-age=${CACHED_SECONDS}`,
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    Digest: `sha-256=${sha256}`,
  };
  const range = askedRange(request.headers.range, body.length);
  if (range === null) return { status: 200, body, headers };
  if (range === "unsatisfiable") {
    throw new HttpError(416, "RangeNotSatisfiable", "The file has no such part.", {
      "Content-Range": `bytes */${body.length}`,
    });
  }
  const { first, last } = range;
  const part = { "Content-Range": `bytes ${first}-${last}/${body.length}` };
  return { status: 206, body: body.subarray(first, last + 1), headers: { ...headers, ...part } };
}

/** The base64 in `Digest: sha-256=…`. @see https://www.rfc-editor.org/rfc/rfc3230 */
function digest(request: IncomingMessage): string | null {
  const header = request.headers.digest;
  return (
    /(?:^|,)\s*sha-256=([A-Za-z0-9+/]{43}=)/i.exec(typeof header === "string" ? header : "")?.[1] ?? null
  );
}

/** One range of bytes; anything else is answered with the whole. @see https://www.rfc-editor.org/rfc/rfc9110#name-range */
function askedRange(
  header: string | undefined,
  size: number,
): { first: number; last: number } | "unsatisfiable" | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return null;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < first) return null;
  return first > last ? "unsatisfiable" : { first, last };
}
