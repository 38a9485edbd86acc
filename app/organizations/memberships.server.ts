/** The current user's organizations, for pages that work without WorkOS too. */
import { listMemberships, type Membership } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../request/context.ts";
import { WorkOSCallError } from "../request/errors.ts";

/** How long the settings wait for the list, which they only need for a link. */
const BRIEFLY_MS = 300;

/** Returns the user's organizations, or null if WorkOS is unavailable. */
export async function membershipsOf(
  { deadline, env, log }: Pick<RequestContext, "deadline" | "env" | "log">,
  userId: string,
): Promise<Membership[] | null> {
  try {
    return await listMemberships(env, userId, deadline);
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    log.warn("organizations.list", { kind: error.kind, status: error.status });
    return null;
  }
}

/**
 * Returns whether the user can switch between organizations. If WorkOS does not answer at once, a user who is
 * signed in to an organization may have others.
 */
export async function canSwitch(
  context: RequestContext,
  userId: string,
  organizationId: string | null,
): Promise<boolean> {
  if (context.env.entryRule.organizationId !== null) return false;
  const deadline = AbortSignal.any([context.deadline, AbortSignal.timeout(BRIEFLY_MS)]);
  const memberships = await membershipsOf({ ...context, deadline }, userId);
  return memberships === null ? organizationId !== null : memberships.length > 1;
}
