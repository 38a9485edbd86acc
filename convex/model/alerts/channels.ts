/** Alert channels of a project: where its messages go. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { recordEvent } from "../audit.ts";
import { isLocalBackend, mailer } from "../environment.ts";
import { requireEmail } from "../input.ts";
import { findMembership } from "../memberships.ts";
import { findMade, rememberMade, submissionOf } from "../once.ts";
import { requireManagedProject } from "../projects.ts";
import { rejection } from "../rejection.ts";
import { countTest } from "../userLimits.ts";
import { findByEmail } from "../users.ts";
import { slackUrl, webhookUrl } from "./addresses.ts";
import { dropChannel } from "./dropChannel.ts";
import { emailAddress } from "./emailChannels.ts";
import { channelsOf, newDelivery, openOutbox, sealOutbox } from "./outbox.ts";
import { newSecret } from "./signature.ts";
import { type ChannelKind, channelKindShape } from "./tables.ts";

const MOST_CHANNELS = 5;

const nullableString = v.union(v.string(), v.null());
const nullableNumber = v.union(v.number(), v.null());

/** A channel as members see it: `address` is null for all but owner and admins, and for Slack. */
export const listedChannelShape = v.object({
  _id: v.id("alertChannels"),
  kind: channelKindShape,
  label: v.string(),
  address: nullableString,
  createdAt: v.number(),
  disabledAt: nullableNumber,
  disabledReason: nullableString,
});

export type ListedChannel = Infer<typeof listedChannelShape>;

/**
 * Returns the channels of a project, oldest first.
 *
 * @param mayManage - Whether the caller may see addresses.
 */
export async function listChannels(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  mayManage: boolean,
): Promise<ListedChannel[]> {
  return (await channelsOf(ctx, projectId)).map((channel) => ({
    _id: channel._id,
    kind: channel.kind,
    label: channel.label,
    address: mayManage && channel.kind !== "slack" ? channel.address : null,
    createdAt: channel.createdAt,
    disabledAt: channel.disabledAt ?? null,
    disabledReason: channel.disabledReason ?? null,
  }));
}

/**
 * Creates a channel.
 *
 * @param once - Random value of the form, which makes one channel however often it is submitted at a time.
 * @returns The secret of a webhook, which is available only now; null for another kind.
 * @throws `invalid` if the address is not allowed; `conflict` if the project has it; `limit_reached` if the
 *   project has as many channels as it may have.
 */
export async function createChannel(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  { kind, address, once }: { kind: ChannelKind; address: string; once?: string },
): Promise<{ channelId: Id<"alertChannels">; secret: string | null }> {
  const target = await requireAddress(ctx, project, kind, address);
  const submission = await submissionOf(user._id, once, "channel", project._id, kind, target.address);
  const made = await findMade(ctx, "alertChannels", submission);
  if (made !== null) return { channelId: made._id, secret: made.secret ?? null };
  const channels = await channelsOf(ctx, project._id);
  if (channels.some(({ address }) => address === target.address)) {
    throw rejection("conflict", "This project has a channel with this address already.");
  }
  if (channels.length >= MOST_CHANNELS) {
    throw rejection("limit_reached", `A project has at most ${MOST_CHANNELS} channels. Remove one first.`);
  }
  const secret = kind === "webhook" ? newSecret() : null;
  const channelId = await ctx.db.insert("alertChannels", {
    projectId: project._id,
    kind,
    ...target,
    ...(secret !== null && { secret }),
    createdAt: Date.now(),
  });
  await rememberMade(ctx, submission, channelId);
  await record(ctx, user, project, "alert_channel_created", { kind, label: target.label });
  return { channelId, secret };
}

/**
 * Removes a channel and stops its messages.
 *
 * @throws `not_found` if the user may not see the channel's project or there is no such channel; `forbidden`
 *   for a member who is not the owner.
 */
export async function removeChannel(ctx: MutationCtx, user: Doc<"users">, channelId: string): Promise<void> {
  const id = ctx.db.normalizeId("alertChannels", channelId);
  const channel = id === null ? null : await ctx.db.get("alertChannels", id);
  if (channel === null) throw rejection("not_found", "There is no such channel.");
  const project = await requireManagedProject(ctx, user, channel.projectId);
  await dropChannel(ctx, channel);
  await record(ctx, user, project, "alert_channel_removed", channel);
}

/**
 * Sends a test to each channel of a project that is on.
 *
 * @param once - Random value of the form, which sends one test however often it is submitted at a time.
 * @throws `rate_limited` after more than 10 tests in a minute.
 */
export async function sendTest(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  once?: string,
): Promise<Id<"alertDeliveries">[]> {
  const now = Date.now();
  const submission = await submissionOf(user._id, once, "test", project._id);
  const made = await findMade(ctx, "alertDeliveries", submission);
  if (made !== null) {
    const sent = await ctx.db
      .query("alertDeliveries")
      .withIndex("by_project", (q) => q.eq("projectId", project._id).eq("createdAt", made.createdAt))
      .collect();
    return sent.filter(({ type }) => type === "test").map(({ _id }) => _id);
  }
  await countTest(ctx, project._id);
  const channels = (await channelsOf(ctx, project._id)).filter(({ disabledAt }) => disabledAt === undefined);
  const outbox = openOutbox(project._id, now);
  outbox.dues.add(now);
  await sealOutbox(ctx, outbox);
  const ids = await Promise.all(
    channels.map((channel) =>
      ctx.db.insert("alertDeliveries", { ...newDelivery(channel, "test", now), nextAttemptAt: now }),
    ),
  );
  if (ids[0] !== undefined) await rememberMade(ctx, submission, ids[0]);
  return ids;
}

/** An address as it is stored. The label names the host, and may be shown to every member and logged. */
type Address = { address: string; label: string; userId?: Id<"users"> };

async function requireAddress(
  ctx: QueryCtx,
  project: Doc<"projects">,
  kind: ChannelKind,
  sent: string,
): Promise<Address> {
  if (kind === "email") return await requireMemberEmail(ctx, project, sent);
  const checked = kind === "slack" ? slackUrl(sent) : webhookUrl(sent, isLocalBackend());
  if ("problem" in checked) throw rejection("invalid", checked.problem);
  return { address: checked.url, label: new URL(checked.url).host };
}

async function requireMemberEmail(ctx: QueryCtx, { _id }: Doc<"projects">, sent: string): Promise<Address> {
  if (mailer() === null) {
    throw rejection("invalid", "This installation cannot send email: RESEND_API_KEY is not set up.");
  }
  const email = requireEmail(sent);
  const user = await findByEmail(ctx, email);
  if (user?.status !== "active" || (await findMembership(ctx, _id, user._id)) === null) {
    throw rejection("invalid", "Use the e-mail address of a member of this project.");
  }
  return { ...emailAddress(email), userId: user._id };
}

async function record(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  event: "alert_channel_created" | "alert_channel_removed",
  { kind, label }: { kind: ChannelKind; label: string },
): Promise<void> {
  await recordEvent(ctx, project.ownerId, event, { actorId: user._id, target: `${kind} ${label}` });
}
