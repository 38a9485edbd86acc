/** Adds members and withdraws invitations, if WorkOS sends the invitations of an organization. */
import { redirect } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { revokeInvitations, sendInvitation } from "../auth/workos-invitations.server.ts";
import type { RequestContext } from "../request/context.ts";
import { WorkOSCallError } from "../request/errors.ts";
import type { Notice } from "../request/notices.server.ts";
import { ADDED, WITHDRAWN } from "./project-forms.ts";

/** Timeout of the calls to WorkOS. The project has the member or the invitation already. */
const WORKOS_MS = 5_000;

/**
 * Adds a member, or invites the user here and at WorkOS.
 *
 * @param organizationId - The organization whose members may enter.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function inviteMember(
  call: RequestContext,
  organizationId: string,
  args: (typeof api.projects.addMember)["_args"],
): Promise<Response> {
  const outcome = await asCurrentUser(call, call.address, (convex) =>
    convex.mutation(api.projects.addMember, args),
  );
  if (outcome === "added") return answer(call, { kind: "status", text: ADDED[outcome] });
  const inviterUserId = (await call.auth.open())?.user.id ?? "";
  const invitee = { email: args.email, organizationId };
  const sent = await atWorkOS(call, (signal) => sendInvitation(call.env, invitee, inviterUserId, signal));
  if (sent === null)
    return answer(call, { kind: "alert", text: "Added, but the invitation could not be sent" });
  const text = sent === "sent" ? "Invitation sent" : ADDED[outcome];
  return answer(call, { kind: "status", text });
}

/**
 * Withdraws an invitation here and at WorkOS, unless another project invites the same email.
 *
 * @param organizationId - The organization whose members may enter.
 * @throws {RejectedError | ConvexCallError | Response} when `asCurrentUser` does.
 */
export async function withdrawInvite(
  call: RequestContext,
  organizationId: string,
  args: (typeof api.projects.removeInvite)["_args"],
): Promise<Response> {
  const { email } = args;
  const isInvited = await asCurrentUser(call, call.address, async (convex) => {
    await convex.mutation(api.projects.removeInvite, args);
    return await convex.workerQuery(api.edge.isInvited, { email });
  });
  const revoked = isInvited
    ? "kept"
    : await atWorkOS(call, async (signal) => {
        await revokeInvitations(call.env, { email, organizationId }, signal);
        return "revoked";
      });
  if (revoked !== null) return answer(call, { kind: "status", text: WITHDRAWN });
  const text = "Withdrawn here, but WorkOS did not answer: the link of the invitation still works there";
  return answer(call, { kind: "alert", text });
}

/** Returns the result of calls to WorkOS; null if one failed. */
async function atWorkOS<T>(
  { log }: RequestContext,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  try {
    return await run(AbortSignal.timeout(WORKOS_MS));
  } catch (error) {
    if (!(error instanceof WorkOSCallError)) throw error;
    log.error("invitation", { outcome: "failed", kind: error.kind, status: error.status, code: error.code });
    return null;
  }
}

async function answer(call: RequestContext, notice: Notice): Promise<Response> {
  await call.notices.leave(notice);
  return redirect(call.address, 303);
}
