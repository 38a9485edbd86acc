/** Worker entry: routes requests through the middleware to React Router. */

import * as build from "virtual:react-router/server-build";
import { RouterContextProvider } from "react-router";
import { requestContext } from "../app/context.ts";
import { bodyLimit } from "../app/middleware/body-limit.ts";
import { cors } from "../app/middleware/cors.ts";
import { decodablePath } from "../app/middleware/decodable.ts";
import { wrap } from "../app/middleware/handler.ts";
import { responseHeaders } from "../app/middleware/headers.ts";
import { methodCheck } from "../app/middleware/method.ts";
import { prerendered } from "../app/middleware/prerendered.ts";
import { rateLimit } from "../app/middleware/rate-limit.ts";
import { readOnlyRequests } from "../app/middleware/read-only.ts";
import { type Bindings, configure, createContextFor } from "../app/middleware/request-context.ts";
import { requestLog } from "../app/middleware/request-log.ts";
import { createRouteTable } from "../app/middleware/route-table.ts";
import { createRouters } from "../app/middleware/routers.ts";
import { sameOrigin } from "../app/middleware/same-origin.ts";
import { sessionCookies } from "../app/middleware/session-cookies.ts";
import { unreadBody } from "../app/middleware/unread-body.ts";

export { SessionRefresher } from "./session-refresher.ts";

const routerOf = createRouters(build, import.meta.env.MODE);
const routeOf = createRouteTable(build.routes);

const handle = wrap(
  (request, context) =>
    routerOf(context.route.id)(request, new RouterContextProvider(new Map([[requestContext, context]]))),
  [
    requestLog,
    unreadBody,
    prerendered,
    responseHeaders,
    sameOrigin,
    cors,
    decodablePath,
    methodCheck,
    rateLimit,
    bodyLimit,
    sessionCookies,
    readOnlyRequests,
  ],
);

export default {
  async fetch(request, bindings, execution) {
    const configuration = configure(bindings, request);
    if (configuration instanceof Response) return configuration;
    const url = new URL(request.url);
    const route = routeOf(url.pathname);
    return handle(request, createContextFor(request, url, configuration, bindings, execution, route));
  },
} satisfies ExportedHandler<Bindings>;
