/** Reads the body of an ingestion request: type, encoding, size and time, in the order of the contract. */
import { readAtMost } from "../request/body-limit.ts";

/** The contract's limit of JSON bodies in bytes, after decompression. */
export const MAX_BODY_BYTES = 256 * 1024;

/** How much larger than its content a gzip may be, in bytes: gzip adds a few to content that it cannot compress. */
const GZIP_EXTRA_BYTES = 1024;

/** Time limit of an upload. The call of Convex afterwards has another one. */
const UPLOAD_MS = 60_000;

export type BodyProblem =
  | { kind: "unsupported"; message: string }
  | { kind: "too_large"; message: string }
  | { kind: "timed_out" }
  | { kind: "invalid"; message: string };

/** The bytes of a body, decompressed, with the media type of the request. */
export type Body = { kind: "body"; type: string; bytes: Uint8Array<ArrayBuffer> };

/** What a route accepts: media types, and the largest body in bytes with what to do about a larger one. */
export type Accepted = { types: readonly string[]; maxBytes: number; tooLarge: string };

const JSON_BODY: Accepted = {
  types: ["application/json"],
  maxBytes: MAX_BODY_BYTES,
  tooLarge: "Send at most 256 KiB in a request. Split larger batches.",
};

/** Returns the media type of a request without its parameters, lower-cased; empty if it has none. */
function mediaTypeOf({ headers }: Request): string {
  return headers.get("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Returns the body of a request, or the first problem. */
export async function readBody(
  request: Request,
  accepted: Accepted = JSON_BODY,
): Promise<Body | BodyProblem> {
  const type = mediaTypeOf(request);
  if (!accepted.types.includes(type)) return { kind: "unsupported", message: typeProblem(type, accepted) };
  const encoding = request.headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    return { kind: "unsupported", message: "Compress the body with gzip, or not at all." };
  }
  if (encoding === "identity") return await readSent(request, type, accepted);
  const maxBytes = accepted.maxBytes + GZIP_EXTRA_BYTES;
  const sent = await readSent(request, type, { ...accepted, maxBytes });
  if (sent.kind !== "body") return sent;
  return await decompress(sent, accepted);
}

function typeProblem(type: string, { types }: Accepted): string {
  const todo = `Send the header Content-Type: ${types.join(" or ")}.`;
  return type === "application/x-www-form-urlencoded"
    ? `${todo} With curl, add -H "Content-Type: ${types[0]}" to -d.`
    : todo;
}

/** Returns the bytes as they were sent. */
async function readSent(request: Request, type: string, accepted: Accepted): Promise<Body | BodyProblem> {
  const { maxBytes, tooLarge: message } = accepted;
  if (Number(request.headers.get("Content-Length") ?? 0) > maxBytes) return { kind: "too_large", message };
  if (request.body === null) return { kind: "body", type, bytes: new Uint8Array() };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), UPLOAD_MS);
  });
  try {
    const bytes = await Promise.race([readAtMost(request.body, maxBytes), late]);
    if (bytes === "late") return { kind: "timed_out" };
    return bytes === null ? { kind: "too_large", message } : { kind: "body", type, bytes };
  } finally {
    clearTimeout(timer);
  }
}

async function decompress({ type, bytes }: Body, accepted: Accepted): Promise<Body | BodyProblem> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const whole = await readAtMost(stream, accepted.maxBytes);
    return whole === null
      ? { kind: "too_large", message: accepted.tooLarge }
      : { kind: "body", type, bytes: whole };
  } catch {
    return { kind: "invalid", message: "the body must be valid gzip" };
  }
}
