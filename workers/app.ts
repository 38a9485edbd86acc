/** Worker entry: routes requests through the middleware to React Router. */

import * as build from "virtual:react-router/server-build";
import { RouterContextProvider } from "react-router";
import { rateLimit } from "../app/auth/rate-limit.ts";
import { readOnlyRequests } from "../app/auth/read-only.ts";
import { prerendered } from "../app/frame/prerendered.ts";
import { createRouters } from "../app/react-router/routers.ts";
import { bodyLimit } from "../app/request/body-limit.ts";
import { requestContext } from "../app/request/context.ts";
import { cors } from "../app/request/cors.ts";
import { decodablePath } from "../app/request/decodable.ts";
import { wrap } from "../app/request/handler.ts";
import { responseHeaders } from "../app/request/headers.ts";
import { methodCheck } from "../app/request/method.ts";
import { requestLog } from "../app/request/request-log.ts";
import { responseCookies } from "../app/request/response-cookies.ts";
import { createRouteTable } from "../app/request/route-table.ts";
import { sameOrigin } from "../app/request/same-origin.ts";
import { unreadBody } from "../app/request/unread-body.ts";
import { type Bindings, configure, createContextFor } from "./request-context.ts";

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
    responseCookies,
    readOnlyRequests,
  ],
);

export default {
  async fetch(request, bindings, execution) {
    const url = new URL(request.url);
    const route = routeOf(url.pathname);
    const configuration = configure(bindings, request, route);
    if (configuration instanceof Response) return configuration;
    return handle(request, createContextFor(request, url, configuration, bindings, execution, route));
  },
} satisfies ExportedHandler<Bindings>;
