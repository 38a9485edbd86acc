/** Registers a page's query before any loader runs, so that the root and page loaders share its result. */
import type { MiddlewareFunction } from "react-router";
import { requestContext } from "../request/context.ts";
import type { PageReference } from "./page-query.server.ts";

type Params = Record<string, string | undefined>;

/**
 * Returns route middleware that registers the page's query.
 *
 * @param reference - The page's function in `convex/pages.ts`.
 * @param argsOf - Returns the function's arguments from the page's URL.
 */
export function pageQuery(
  reference: PageReference,
  argsOf: (from: { params: Params; url: URL }) => Record<string, unknown> = () => ({}),
): MiddlewareFunction<Response> {
  return ({ context, params, url }) => {
    context.get(requestContext).page.use(reference, argsOf({ params, url }));
  };
}
