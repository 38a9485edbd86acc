/** What went wrong for a person: one line in the log for each thing, and one event for the answer. */
import type { Env } from "./env.server.ts";
import { ConvexFailure, Refusal, WorkOSFailure } from "./errors.ts";
import { describeError, type Log } from "./log.server.ts";

/** Which part of Mosaic it happened in. */
export type Component = "auth" | "data" | "ingest" | "page";

export type Report = {
  component: Component;
  /** The route's pattern, or the name of the step. */
  action: string;
  error: unknown;
  /** WorkOS's id of whoever is signed in. */
  userId?: string | undefined;
};

export type Reporter = (report: Report) => void;

/** What is known of a failure without its words: those of WorkOS and Convex may hold what nobody should read. */
function causeOf(error: unknown) {
  if (error instanceof WorkOSFailure)
    return { error: error.name, kind: error.kind, status: error.status, code: error.code };
  if (error instanceof ConvexFailure) return { error: error.name, kind: error.kind, status: error.status };
  if (error instanceof Refusal) return { error: error.name, code: error.code };
  return describeError(error);
}

/**
 * @param waitUntil Keeps the worker alive after the answer: nobody waits for Sentry.
 * @returns Reports for one request. However much goes wrong on the way to an answer, it is one event.
 */
export function createReporter(
  env: Pick<Env, "sentryDsn">,
  log: Log,
  waitUntil: (promise: Promise<unknown>) => void,
): Reporter {
  let sent = false;
  return ({ component, action, error, userId }) => {
    log.error("error", { component, action, userId, ...causeOf(error) });
    const { sentryDsn } = env;
    if (sentryDsn === null || sent) return;
    sent = true;
    const event = { component, action, error, userId, requestId: log.requestId };
    // Loaded only where it is configured: a worker without a DSN does not carry its cost.
    const sending = import("./sentry.server.ts").then(({ sendToSentry }) => sendToSentry(sentryDsn, event));
    waitUntil(
      sending.catch((failure: unknown) =>
        log.warn("sentry", { outcome: "not_sent", ...describeError(failure) }),
      ),
    );
  };
}
