/** HTTP endpoints: the WorkOS webhook. */
import { httpRouter } from "convex/server";
import { internal } from "./_generated/api.js";
import { httpAction } from "./functions.ts";
import { webhookSecret } from "./model/environment.ts";
import { isFromWorkOS } from "./model/webhookSignature.ts";
import { parseEvent } from "./model/workosEvents.ts";

const LARGEST_BODY = 1024 * 1024;

const http = httpRouter();

http.route({
  path: "/webhooks/workos",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const secret = webhookSecret();
    // WorkOS sends nothing as large, so its signature is not checked.
    const unsigned = () => new Response(null, { status: 401 });
    if (Number(request.headers.get("Content-Length") ?? 0) > LARGEST_BODY) return unsigned();
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > LARGEST_BODY) return unsigned();
    const header = request.headers.get("WorkOS-Signature");
    if (secret === null || !(await isFromWorkOS(header, body, secret, Date.now()))) {
      return unsigned();
    }
    const parsed = parseEvent(new TextDecoder().decode(body), Date.now());
    if (parsed === "malformed") return new Response(null, { status: 400 });
    if (parsed !== "ignored") await ctx.runMutation(internal.webhooks.handle, parsed);
    return new Response(null, { status: 200 });
  }),
});

export default http;
