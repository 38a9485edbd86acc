/** The shape of what wraps React Router's handler. */
import type { RequestContext } from "../context.ts";

/** Answers one request. Never throws: what is not foreseen becomes a response in `request-log.ts`. */
export type Handler = (request: Request, context: RequestContext) => Promise<Response>;

/** Wraps a handler in one concern. */
export type Middleware = (next: Handler) => Handler;

/** @returns The handler inside all of these; the first is the outermost. */
export function wrap(handler: Handler, middleware: readonly Middleware[]): Handler {
  return middleware.reduceRight((inner, layer) => layer(inner), handler);
}
