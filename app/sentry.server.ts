/** One event to Sentry, built of what may leave and nothing else. In a file of its own, loaded where it is configured. */
import { CloudflareClient, createTransport, type ErrorEvent, type StackFrame } from "@sentry/cloudflare";
import type { Report } from "./report.server.ts";
import { scrub } from "./scrub.server.ts";

const TIMEOUT_MS = 5_000;
const MOST_FRAMES = 30;

export type SentryEvent = Report & { requestId: string };

/** Stack lines as V8 writes them: `at name (file:line:column)`. */
const FRAME = /^\s*at (?:(.+?) \()?(.+?):(\d+):(\d+)\)?$/;

/** @returns Frames as Sentry wants them: the innermost last. */
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
    .slice(0, MOST_FRAMES)
    .reverse();
}

/** Only these fields, whatever the SDK or an error object would add. */
function onlyWhatMayLeave(event: ErrorEvent): ErrorEvent {
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
 * Sends one event. A Sentry that refuses, is slow or is down costs nothing but this promise.
 *
 * @throws where Sentry cannot be reached within five seconds.
 */
export async function sendToSentry(dsn: string, event: SentryEvent): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const client = new CloudflareClient({
    dsn,
    integrations: [],
    sendClientReports: false,
    stackParser: () => [],
    beforeSend: onlyWhatMayLeave,
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
