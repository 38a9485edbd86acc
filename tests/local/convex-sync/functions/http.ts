/** An HTTP action that says what it got. */
import { httpActionGeneric, httpRouter } from "convex/server";

const http = httpRouter();

http.route({
  path: "/echo",
  method: "POST",
  handler: httpActionGeneric(async (ctx, request) => {
    const identity = await ctx.auth.getUserIdentity();
    return Response.json({ body: await request.text(), subject: identity?.subject ?? null }, { status: 202 });
  }),
});

export default http;
