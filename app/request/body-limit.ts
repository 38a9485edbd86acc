/** Rejects form bodies over the size limit before they are parsed. */
import type { Middleware } from "./handler.ts";
import { refusalAnswer } from "./refusal-answer.ts";

/** Maximum size of a form in bytes. The largest form has a few names and an email address. */
export const MAX_FORM_BYTES = 64 * 1024;

const tooLarge = (request: Request) =>
  refusalAnswer(request, 413, "too_large", "This is more than a form here can hold.");

/**
 * Reads a body up to a size limit.
 *
 * @param limit - Maximum size in bytes.
 * @returns The body, or null if it is larger; the rest of the stream is then unread.
 */
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
  // The ingestion API has its own, larger limit.
  if (request.body === null || context.route.pattern === "/api/v1/metrics") return next(request, context);
  // Their body is never read, and `new Request` rejects a GET or HEAD with a body.
  if (request.method === "GET" || request.method === "HEAD") return next(request, context);
  const length = request.headers.get("Content-Length");
  if (length !== null && Number(length) > MAX_FORM_BYTES) return tooLarge(request);
  if (length !== null) return next(request, context);
  // Without a Content-Length, count the bytes.
  const body = await readAtMost(request.body, MAX_FORM_BYTES);
  return body === null ? tooLarge(request) : next(new Request(request, { body }), context);
};
