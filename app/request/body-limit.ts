/** Rejects bodies over the size limit of their route before they are parsed. */

import type { RequestContext } from "./context.ts";
import type { Middleware } from "./handler.ts";
import { rejectionResponse } from "./rejection-response.ts";

const tooLarge = (request: Request, context: RequestContext) =>
  rejectionResponse(request, context, 413, "too_large", "This is more than a form here can hold.");

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
  const limit = context.route.policy.maxBodyBytes;
  if (request.body === null || limit === "route") return next(request, context);
  // Their body is never read, and `new Request` rejects a GET or HEAD with a body.
  if (request.method === "GET" || request.method === "HEAD") return next(request, context);
  const length = request.headers.get("Content-Length");
  if (length !== null && Number(length) > limit) return tooLarge(request, context);
  if (length !== null) return next(request, context);
  // Without a Content-Length, count the bytes.
  const body = await readAtMost(request.body, limit);
  return body === null ? tooLarge(request, context) : next(new Request(request, { body }), context);
};
