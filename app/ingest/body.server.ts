/** Reads the body of an ingestion request: type, encoding, size and time, in the order of the contract. */
import { readAtMost } from "../request/body-limit.ts";

/** The contract's body limit in bytes, after decompression. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Time limit of an upload. The call of Convex afterwards has another one. */
const UPLOAD_MS = 60_000;

export type BodyProblem =
  | { kind: "unsupported"; message: string }
  | { kind: "too_large" }
  | { kind: "timed_out" }
  | { kind: "invalid"; message: string };

export type Body = { kind: "body"; bytes: Uint8Array<ArrayBuffer> };

/** Returns the bytes of a JSON body, decompressed, or the first problem. */
export async function readBody(request: Request): Promise<Body | BodyProblem> {
  const type = request.headers.get("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return { kind: "unsupported", message: "Send the header Content-Type: application/json." };
  }
  const encoding = request.headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    return { kind: "unsupported", message: "Compress the body with gzip, or not at all." };
  }
  const sent = await readSent(request);
  if (sent.kind !== "body" || encoding === "identity") return sent;
  return await decompress(sent.bytes);
}

/** Returns the bytes as they were sent. Compressed bytes have the limit of decompressed ones. */
async function readSent(request: Request): Promise<Body | BodyProblem> {
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) return { kind: "too_large" };
  if (request.body === null) return { kind: "body", bytes: new Uint8Array() };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), UPLOAD_MS);
  });
  try {
    const bytes = await Promise.race([readAtMost(request.body, MAX_BODY_BYTES), late]);
    if (bytes === "late") return { kind: "timed_out" };
    return bytes === null ? { kind: "too_large" } : { kind: "body", bytes };
  } finally {
    clearTimeout(timer);
  }
}

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<Body | BodyProblem> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const whole = await readAtMost(stream, MAX_BODY_BYTES);
    return whole === null ? { kind: "too_large" } : { kind: "body", bytes: whole };
  } catch {
    return { kind: "invalid", message: "the body must be valid gzip" };
  }
}
