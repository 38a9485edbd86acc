/** Records for the audit log that an admin opened a project that is not theirs. */
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { isSpeculative } from "../auth/read-only.ts";
import type { RequestContext } from "../request/context.ts";
import { describeError } from "../request/log.server.ts";

/**
 * Records the view without delaying the page. Convex records one an hour. A prefetch counts, because the browser
 * then has the data; HEAD has no body.
 */
export function recordView(context: RequestContext, request: Request, projectId: string): void {
  if (context.readOnly && !isSpeculative(request)) return;
  const recorded = asCurrentUser(context, context.address, (convex) =>
    convex.workerMutation(api.edge.projectViewed, { projectId }),
  );
  context.waitUntil(
    recorded.catch((error: unknown) =>
      context.log.warn("audit.view", { outcome: "lost", ...describeError(error) }),
    ),
  );
}
