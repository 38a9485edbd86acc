/** Sends events with a fixed set of fields to Sentry. A separate file, loaded only if a DSN is configured. */
import { CloudflareClient, createTransport, type ErrorEvent, type StackFrame } from "@sentry/cloudflare";
import type { Report } from "./report.server.ts";
import { scrub } from "./scrub.server.ts";

const TIMEOUT_MS = 5_000;
const MAX_FRAMES = 30;

export type SentryEvent = Report & { requestId: string };

/** V8 stack lines: `at name (file:line:column)`. */
const FRAME = /^\s*at (?:(.+?) \()?(.+?):(\d+):(\d+)\)?$/;

/** Returns stack frames in Sentry's order, the innermost last. */
export function framesOf(stack: string): StackFrame[] {
  return stack
    .split("\n")
    .flatMap((line) => {
      const [, name, file, row, column] = FRAME.exec(line) ?? [];
      if (file === undefined) return [];
      return [
        {
          function: scrub(name ?? "?"),
          filename: scrub(file),
          lineno: Number(row),
          colno: Number(column),
          in_app: true,
        },
      ];
    })
    .slice(0, MAX_FRAMES)
    .reverse();
}

/** Returns an event with only the allowed fields, because the SDK and error objects may add others. */
function pickAllowedFields(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, level, exception, tags, user } = event;
  return {
    type: undefined,
    platform: "javascript",
    ...(event_id ? { event_id } : {}),
    ...(timestamp ? { timestamp } : {}),
    ...(level ? { level } : {}),
    ...(exception ? { exception } : {}),
    ...(tags ? { tags } : {}),
    ...(user?.id ? { user: { id: user.id } } : {}),
  };
}

/**
 * Sends one event. Ignores rejections by Sentry.
 *
 * @throws {Error} when Sentry is not reachable within five seconds.
 */
export async function sendToSentry(dsn: string, event: SentryEvent): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const client = new CloudflareClient({
    dsn,
    integrations: [],
    sendClientReports: false,
    stackParser: () => [],
    beforeSend: pickAllowedFields,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const response = await fetch(options.url, { method: "POST", body: body as BodyInit, signal });
        await response.body?.cancel();
        return { statusCode: response.status };
      }),
  });
  const { error } = event;
  const known = error instanceof Error ? error : new Error(String(error));
  client.captureEvent({
    level: "error",
    exception: {
      values: [
        {
          type: scrub(known.name),
          value: scrub(known.message),
          stacktrace: { frames: framesOf(known.stack ?? "") },
          mechanism: { type: "generic", handled: true },
        },
      ],
    },
    tags: { component: event.component, action: scrub(event.action), request_id: event.requestId },
    ...(event.userId ? { user: { id: event.userId } } : {}),
  });
  await client.flush(TIMEOUT_MS);
  client.dispose();
}
