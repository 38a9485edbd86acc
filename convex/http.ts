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
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > LARGEST_BODY) return new Response(null, { status: 413 });
    const header = request.headers.get("WorkOS-Signature");
    if (secret === null || !(await isFromWorkOS(header, body, secret, Date.now()))) {
      return new Response(null, { status: 401 });
    }
    const parsed = parseEvent(new TextDecoder().decode(body), Date.now());
    if (parsed === "malformed") return new Response(null, { status: 400 });
    if (parsed !== "ignored") await ctx.runMutation(internal.webhooks.handle, parsed);
    return new Response(null, { status: 200 });
  }),
});

export default http;
