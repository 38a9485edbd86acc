/** Names a page's one query before any loader runs, so that root's and the page's loaders share the answer. */
import type { MiddlewareFunction } from "react-router";
import { requestContext } from "../context.ts";
import type { PageReference } from "../page-query.server.ts";

type Params = Record<string, string | undefined>;

/**
 * @param reference The page's function in `convex/pages.ts`.
 * @param argsOf Its arguments, from the page's address.
 */
export function pageQuery(
  reference: PageReference,
  argsOf: (from: { params: Params; url: URL }) => Record<string, unknown> = () => ({}),
): MiddlewareFunction<Response> {
  return ({ context, params, url }) => {
    context.get(requestContext).page.use(reference, argsOf({ params, url }));
  };
}
