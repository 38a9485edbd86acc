/** A form of ours is small; what is larger is refused before it is parsed. */
import type { Middleware } from "./handler.ts";
import { refusalAnswer } from "./refusal-answer.ts";

/** Bytes. The largest form of ours holds a few names and an address. */
export const MAX_FORM_BYTES = 64 * 1024;

const tooLarge = (request: Request) =>
  refusalAnswer(request, 413, "too_large", "This is more than a form here can hold.");

/** @returns The body, or null where it is larger than `limit` bytes; the rest is then still to be read. */
export async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength;
    if (size > limit) {
      reader.releaseLock();
      return null;
    }
    chunks.push(chunk.value);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

export const bodyLimit: Middleware = (next) => async (request, context) => {
  // The ingestion API has a larger limit of its own.
  if (request.body === null || context.route.pattern === "/api/v1/metrics") return next(request, context);
  // Nobody reads the body of these, and a copy of such a request may have none.
  if (request.method === "GET" || request.method === "HEAD") return next(request, context);
  const length = request.headers.get("Content-Length");
  if (length !== null && Number(length) > MAX_FORM_BYTES) return tooLarge(request);
  if (length !== null) return next(request, context);
  // Sent without a length: count it.
  const body = await readAtMost(request.body, MAX_FORM_BYTES);
  return body === null ? tooLarge(request) : next(new Request(request, { body }), context);
};
