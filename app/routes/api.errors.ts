/** Receives browser errors, so that the Content Security Policy needs no origin for error reports. */
import * as v from "valibot";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.errors";

export const handle = {
  rateLimit: { limit: "errors", by: "network" },
  maxBodyBytes: 8192,
  rejections: "json",
} satisfies RoutePolicy;

// No length limits here: text must be scrubbed before it is cut, because half an email is not recognized.
const schema = v.object({ message: v.string(), stack: v.optional(v.string()), path: v.optional(v.string()) });

/** An error from a browser, with the message and stack that the browser sent. */
class BrowserError extends Error {
  override readonly name = "BrowserError";

  constructor(message: string, stack: string | undefined) {
    super(message);
    this.stack = stack ?? "";
  }
}

const invalid = () => Response.json({ error: "invalid" }, { status: 400 });

export async function action({ request, context }: Route.ActionArgs) {
  const { auth, report } = context.get(requestContext);
  let sent: unknown;
  try {
    sent = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await request.bytes()));
  } catch {
    return invalid();
  }
  const result = v.safeParse(schema, sent);
  if (!result.success) return invalid();
  const { message, stack, path } = result.output;
  report({
    component: "page",
    action: `browser ${path?.split(/[?#]/, 1)[0] ?? ""}`.trim(),
    error: new BrowserError(message, stack),
    userId: (await auth.open())?.user.id,
  });
  return new Response(null, { status: 204 });
}
