/** Route of the public keys of access tokens. */
import { notFound } from "../errors.ts";
import { json } from "../reply.ts";
import { type Route, route } from "../routing.ts";

export const keyRoutes: Route[] = [
  route("public")("GET", "/sso/jwks/:clientId", (context, _request, [clientId]) => {
    if (clientId !== context.clientId) throw notFound();
    return json(200, context.store.signingKeys.jwks());
  }),
];
