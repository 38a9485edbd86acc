/** The rules that most projects want: an agent is silent, or failed, by email to the user who adds them. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { mailer } from "../environment.ts";
import { normalizeEmail } from "../input.ts";
import { findMembership } from "../memberships.ts";
import { createChannel } from "./channels.ts";
import { channelsOf } from "./outbox.ts";
import { createRule, rulesOf } from "./ruleStore.ts";
import { isSameRule, type Rule } from "./rules.ts";

const USUAL: readonly Rule[] = [
  { kind: "silent", agent: null },
  { kind: "state", agent: null, state: "failed" },
];

/** Adds the usual rules, and a channel to the user's own address if the user is a member and email can be sent. */
export async function addUsualRules(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
): Promise<void> {
  const rules = await rulesOf(ctx, project._id);
  for (const rule of USUAL) {
    if (!rules.some((one) => isSameRule(one, rule))) await createRule(ctx, user, project, rule);
  }
  const email = normalizeEmail(user.email);
  const channels = await channelsOf(ctx, project._id);
  if (mailer() === null || channels.some(({ address }) => address === email)) return;
  if ((await findMembership(ctx, project._id, user._id)) === null) return;
  await createChannel(ctx, user, project, { kind: "email", address: email });
}
