/**
 * Reads what a refusal left unread, and forgets it. A connection on which bytes are still to come cannot carry the next
 * request: workerd closes it, and a proxy before it that kept it open, such as the one of `wrangler dev`, loses whatever
 * it sends there next. After the answer it is too late: the body ends with the request.
 */
import type { Middleware } from "./handler.ts";

/** Bytes. More than anything that is taken here; who sends more than that loses the connection. */
const MOST_BYTES = 1024 * 1024;
/** Milliseconds. A refusal waits no longer for what it does not want. */
const LONGEST_MS = 1_000;

export const unreadBody: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  await forgetRest(request);
  return response;
};

/**
 * For a route that answers without having read all of a large body: React Router gives routes a request of their own,
 * and what is left of that one is out of the middleware's sight.
 */
export async function forgetRest({ body }: Request): Promise<void> {
  if (body === null || body.locked) return;
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    const reader = body.getReader();
    late = setTimeout(() => void reader.cancel().catch(() => {}), LONGEST_MS);
    for (let bytes = 0; bytes < MOST_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // It was read, or whoever sent it is gone.
  } finally {
    clearTimeout(late);
  }
}
