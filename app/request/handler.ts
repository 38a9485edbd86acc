/** Types of the middleware around React Router's handler. */
import type { RequestContext } from "./context.ts";

/** Handles one request. `request-log.ts` converts thrown errors to responses. */
export type Handler = (request: Request, context: RequestContext) => Promise<Response>;

/** Wraps a handler. */
export type Middleware = (next: Handler) => Handler;

/** Returns the handler wrapped in the middleware; the first one is the outermost. */
export function wrap(handler: Handler, middleware: readonly Middleware[]): Handler {
  return middleware.reduceRight((inner, layer) => layer(inner), handler);
}
