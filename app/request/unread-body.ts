/**
 * Drains unread request bodies before the response. workerd closes a connection with unread bytes, and a
 * proxy that keeps it open, such as that of `wrangler dev`, loses the next request.
 */
import type { Middleware } from "./handler.ts";

/** More than any accepted body. The connection of a larger body is closed. */
const MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 1_000;

export const unreadBody: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  await forgetRest(request);
  return response;
};

/**
 * Drains the rest of a body, up to 4 MiB and for at most one second. Routes that respond before they have
 * read their body must call it, because React Router gives them a copy of the request that the middleware
 * cannot drain.
 */
export async function forgetRest({ body }: Request): Promise<void> {
  if (body === null || body.locked) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const reader = body.getReader();
    const cancel = () =>
      reader.cancel().catch(() => {
        // The client disconnected, so there is nothing left to drain.
      });
    timer = setTimeout(() => void cancel(), TIMEOUT_MS);
    for (let bytes = 0; bytes < MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The body was already read, or the client disconnected.
  } finally {
    clearTimeout(timer);
  }
}
