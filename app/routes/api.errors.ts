/** Receives browser errors, so that the Content Security Policy needs no origin for error reports. */
import * as v from "valibot";
import { readAtMost } from "../request/body-limit.ts";
import { requestContext } from "../request/context.ts";
import { forgetRest } from "../request/unread-body.ts";
import type { Route } from "./+types/api.errors";

const MAX_BYTES = 8192;

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

const reject = (status: number, error: string) => Response.json({ error }, { status });

export async function action({ request, context }: Route.ActionArgs) {
  const { auth, report } = context.get(requestContext);
  const body = request.body === null ? new Uint8Array() : await readAtMost(request.body, MAX_BYTES);
  if (body === null) {
    await forgetRest(request);
    return reject(413, "too_large");
  }
  let sent: unknown;
  try {
    sent = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return reject(400, "invalid");
  }
  const result = v.safeParse(schema, sent);
  if (!result.success) return reject(400, "invalid");
  const { message, stack, path } = result.output;
  report({
    component: "page",
    action: `browser ${path?.split(/[?#]/, 1)[0] ?? ""}`.trim(),
    error: new BrowserError(message, stack),
    userId: (await auth.open())?.user.id,
  });
  return new Response(null, { status: 204 });
}
