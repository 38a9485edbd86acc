/** Routes of the functions' own, exact and by prefix. */
import { httpActionGeneric as httpAction, httpRouter, makeFunctionReference } from "convex/server";

const http = httpRouter();

http.route({
  path: "/echo",
  method: "POST",
  handler: httpAction(async (_ctx, request) => {
    const headers = { "x-kind": request.headers.get("content-type") ?? "", "set-cookie": "a=b" };
    return new Response(await request.arrayBuffer(), { status: 201, headers });
  }),
});

http.route({
  pathPrefix: "/books/",
  method: "GET",
  handler: httpAction(async (ctx, request) => {
    const title = decodeURIComponent(new URL(request.url).pathname.slice("/books/".length));
    await ctx.runMutation(makeFunctionReference<"mutation">("books:add"), { title, shelf: "http" });
    return Response.json(
      await ctx.runQuery(makeFunctionReference<"query">("books:search"), { words: title }),
    );
  }),
});

http.route({
  path: "/who",
  method: "GET",
  handler: httpAction(async (ctx) => Response.json(await ctx.auth.getUserIdentity())),
});

http.route({
  path: "/fails",
  method: "GET",
  handler: httpAction(async () => {
    throw new Error("on purpose");
  }),
});

export default http;
