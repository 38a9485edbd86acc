/** Reports errors that affect a user: a log line for each, and one Sentry event per request. */
import type { Env } from "./env.server.ts";
import { ConvexCallError, RejectedError, WorkOSCallError } from "./errors.ts";
import { describeError, type Log } from "./log.server.ts";

/** The part of Mosaic in which an error occurred. */
export type Component =
  | "auth"
  | "data"
  | "ingest" // agents:line
  | "page";

export type Report = {
  component: Component;
  /** The route's pattern, or the name of the step. */
  action: string;
  error: unknown;
  /** WorkOS id of the current user. */
  userId?: string | undefined;
};

export type Reporter = (report: Report) => void;

/** Returns log fields for an error, without messages from WorkOS and Convex, which may contain secrets. */
function fieldsOf(error: unknown) {
  if (error instanceof RejectedError) return { error: error.name, code: error.code };
  if (!(error instanceof WorkOSCallError || error instanceof ConvexCallError)) return describeError(error);
  const { name, kind, status, cause } = error;
  const code = error instanceof WorkOSCallError ? { code: error.code } : {};
  return { error: name, kind, status, ...code, ...(typeof cause === "string" ? { cause } : {}) };
}

/**
 * Returns the reporter of one request. It sends only the first error to Sentry.
 *
 * @param waitUntil - Keeps the worker alive after the response, until Sentry has received the event.
 */
export function createReporter(
  env: Pick<Env, "sentryDsn">,
  log: Log,
  waitUntil: (promise: Promise<unknown>) => void,
): Reporter {
  let sent = false;
  return ({ component, action, error, userId }) => {
    log.error("error", { component, action, userId, ...fieldsOf(error) });
    const { sentryDsn } = env;
    if (sentryDsn === null || sent) return;
    sent = true;
    const event = { component, action, error, userId, requestId: log.requestId };
    // Loaded only if a DSN is configured, to save startup cost.
    const sending = import("./sentry.server.ts").then(({ sendToSentry }) => sendToSentry(sentryDsn, event));
    waitUntil(
      sending.catch((failure: unknown) =>
        log.warn("sentry", { outcome: "not_sent", ...describeError(failure) }),
      ),
    );
  };
}
