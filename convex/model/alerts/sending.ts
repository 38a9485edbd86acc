/**
 * Sending of messages: senders take what is due, and each attempt ends with an outcome.
 *
 * A lost sender keeps its messages until their lease ends. Then another sender sends them with the same ids.
 */
import { type Infer, v } from "convex/values";
import { internal } from "../../_generated/api.js";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { appUrl, mailer } from "../environment.ts";
import { MINUTE_MS } from "../intervals.ts";
import { log } from "../log.ts";
import { findMembership } from "../memberships.ts";
import { dropChannel, stopDelivery } from "./dropChannel.ts";
import { messageOf, slackText } from "./messages.ts";
import { countedIn, MOST_MESSAGES, SPAN_MS, waitingIn } from "./outbox.ts";

type Delivery = Doc<"alertDeliveries">;

/** Maximum number of senders at work. A sender waits for its slowest receiver, at most ten seconds. */
const MOST_SENDERS = 3;

/** Maximum number of messages per sender, and of one channel in it: a slow receiver delays no other channel. */
const MOST_MESSAGES_EACH = 60;
const MOST_OF_CHANNEL = 5;
const MOST_READ = 500;

/** Time after which a sender counts as lost, in ms. */
const LEASE_MS = 45_000;

/** Delays before the second and later attempts, in ms, with up to 20 % of jitter. */
const RETRY_MS = [5_000, 30_000, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS];
const JITTER = 0.2;

/** The longest time until a message is due, in ms. If it is longer, the clock was set back. */
const LATEST_MS = 15 * MINUTE_MS;

/** Starts a sender for the messages that are due, unless the maximum is at work. */
export async function startSender(ctx: MutationCtx, now: number): Promise<void> {
  await correctClock(ctx, now);
  let working = 0;
  for (const { _id, startedAt } of await ctx.db.query("alertSenders").collect()) {
    if (Math.abs(now - startedAt) > LEASE_MS) await ctx.db.delete("alertSenders", _id);
    else working += 1;
  }
  if (working >= MOST_SENDERS) return;
  const due = await ctx.db
    .query("alertDeliveries")
    .withIndex("by_due", (q) => q.gt("nextAttemptAt", 0).lte("nextAttemptAt", now))
    .take(MOST_READ);
  const taken: Delivery[] = [];
  for (const delivery of fairly(due)) {
    if (await isSendable(ctx, delivery, now)) taken.push(delivery);
  }
  if (taken.length === 0) return;
  const senderId = await ctx.db.insert("alertSenders", { startedAt: now });
  for (const { _id, claim, firstAttemptAt = now } of taken) {
    await ctx.db.patch("alertDeliveries", _id, {
      ...{ senderId, firstAttemptAt },
      claim: claim + 1,
      lastAttemptAt: now,
      nextAttemptAt: now + LEASE_MS,
    });
  }
  await ctx.scheduler.runAfter(0, internal.alertSending.send, { senderId });
}

async function correctClock(ctx: MutationCtx, now: number): Promise<void> {
  const late = await ctx.db
    .query("alertDeliveries")
    .withIndex("by_due", (q) => q.gt("nextAttemptAt", now + LATEST_MS))
    .take(MOST_READ);
  for (const { _id } of late) await ctx.db.patch("alertDeliveries", _id, { nextAttemptAt: now });
}

/** Returns the messages for one sender: those that are due first, with a limit per channel. */
function fairly(due: readonly Delivery[]): Delivery[] {
  const counts = new Map<Id<"alertChannels">, number>();
  const fair = due.filter(({ channelId }) => {
    const count = (counts.get(channelId) ?? 0) + 1;
    counts.set(channelId, count);
    return count <= MOST_OF_CHANNEL;
  });
  return fair.slice(0, MOST_MESSAGES_EACH);
}

/** Returns whether a message may be sent now; otherwise stops or postpones it. */
async function isSendable(ctx: MutationCtx, delivery: Delivery, now: number): Promise<boolean> {
  const channel = await ctx.db.get("alertChannels", delivery.channelId);
  const isOff = channel?.kind === "email" && mailer() === null;
  if (channel === null || channel.disabledAt !== undefined || isOff) {
    await stopDelivery(ctx, delivery);
    return false;
  }
  if (channel.userId !== undefined && !(await mayReceive(ctx, channel.userId, channel.projectId))) {
    await dropChannel(ctx, channel);
    return false;
  }
  if (delivery.type !== "digest" || delivery.firstAttemptAt !== undefined) return true;
  const counted = await countedIn(ctx, delivery.channelId, now);
  if (counted.length < MOST_MESSAGES) return true;
  const nextAttemptAt = Math.min(...counted) + SPAN_MS;
  await ctx.db.patch("alertDeliveries", delivery._id, { nextAttemptAt });
  await ctx.scheduler.runAt(nextAttemptAt, internal.alertSending.pump, {});
  return false;
}

async function mayReceive(ctx: QueryCtx, userId: Id<"users">, projectId: Id<"projects">): Promise<boolean> {
  const user = await ctx.db.get("users", userId);
  return user?.status === "active" && (await findMembership(ctx, projectId, userId)) !== null;
}

/** A request to a receiver. If it has a secret, the attempt signs it. */
export const requestShape = v.object({
  deliveryId: v.id("alertDeliveries"),
  claim: v.number(),
  url: v.string(),
  headers: v.record(v.string(), v.string()),
  body: v.string(),
  secret: v.union(v.string(), v.null()),
});

export type DeliveryRequest = Infer<typeof requestShape>;

/** Returns the requests of a sender. */
export async function requestsOf(ctx: QueryCtx, senderId: Id<"alertSenders">): Promise<DeliveryRequest[]> {
  const deliveries = await ctx.db
    .query("alertDeliveries")
    .withIndex("by_sender", (q) => q.eq("senderId", senderId))
    .take(MOST_MESSAGES_EACH);
  const requests = await Promise.all(deliveries.map((delivery) => requestOf(ctx, delivery)));
  return requests.flatMap((request) => request ?? []);
}

async function requestOf(ctx: QueryCtx, delivery: Delivery): Promise<DeliveryRequest | null> {
  const { _id, claim, channelId, projectId, channelKind, type } = delivery;
  const channel = await ctx.db.get("alertChannels", channelId);
  const project = await ctx.db.get("projects", projectId);
  if (channel === null || project === null) return null;
  const message = await messageOf(ctx, delivery, project, appUrl());
  if (message === null) return null;
  const json = { "Content-Type": "application/json" };
  const base = { deliveryId: _id, claim, url: channel.address, headers: json, secret: null };
  if (channelKind === "webhook") {
    const headers = { ...json, "webhook-id": messageId(_id) };
    return { ...base, headers, body: message.body, secret: channel.secret ?? null };
  }
  if (channelKind === "slack") return { ...base, body: JSON.stringify({ text: slackText(message.lines) }) };
  const mail = mailer();
  const user = channel.userId === undefined ? null : await ctx.db.get("users", channel.userId);
  if (mail === null || user === null) return null;
  const email = { from: mail.from, to: user.email, subject: message.subject, text: message.lines.join("\n") };
  if (mail.kind === "outbox") {
    const body = { ...email, id: messageId(_id), kind: type.startsWith("incident.") ? "alert" : type };
    return { ...base, url: mail.url, body: JSON.stringify(body) };
  }
  const headers = { ...json, Authorization: `Bearer ${mail.key}`, "Idempotency-Key": messageId(_id) };
  return { ...base, url: mail.url, headers, body: JSON.stringify(email) };
}

function messageId(id: Id<"alertDeliveries">): string {
  return `msg_${id}`;
}

/** An attempt that ended. `outcome` is an HTTP status, `timeout` or `unreachable`. */
export const attemptShape = v.object({
  deliveryId: v.id("alertDeliveries"),
  claim: v.number(),
  outcome: v.string(),
});

export type Attempt = Infer<typeof attemptShape>;

/** Notes the outcome of an attempt. */
export async function finishAttempt(
  ctx: MutationCtx,
  { deliveryId, claim, outcome }: Attempt,
): Promise<void> {
  const delivery = await ctx.db.get("alertDeliveries", deliveryId);
  const isDelivered = /^2\d\d$/.test(outcome);
  // Stopped meanwhile, or taken by another sender: then only a success counts.
  if (delivery?.status !== "waiting" || (delivery.claim !== claim && !isDelivered)) return;
  const now = Date.now();
  const attempts = delivery.attempts + 1;
  const isGone = outcome === "410" || (delivery.channelKind === "slack" && /^40[34]$/.test(outcome));
  const delay = RETRY_MS[attempts - 1];
  const done = { attempts, outcome, senderId: undefined };
  if (!isDelivered && !isGone && delay !== undefined) {
    const nextAttemptAt = now + Math.round(delay * (1 + JITTER * (2 * Math.random() - 1)));
    await ctx.db.patch("alertDeliveries", deliveryId, { ...done, nextAttemptAt });
    await ctx.scheduler.runAt(nextAttemptAt, internal.alertSending.pump, {});
    return;
  }
  const status = isDelivered ? "delivered" : "failed";
  await ctx.db.patch("alertDeliveries", deliveryId, { ...done, status, nextAttemptAt: undefined });
  const { projectId, channelId, createdAt } = delivery;
  log(isDelivered ? "info" : "warn", `alert.${status}`, {
    ...{ projectId, deliveryId, outcome, attempts },
    ms: now - createdAt,
  });
  if (isGone) await disableChannel(ctx, channelId, outcome, now);
  else await release(ctx, channelId, deliveryId, now);
}

/** Makes the messages due that waited for this one. */
async function release(
  ctx: MutationCtx,
  channelId: Id<"alertChannels">,
  after: Id<"alertDeliveries">,
  now: number,
): Promise<void> {
  const next = (await waitingIn(ctx, channelId)).filter((one) => one.after === after);
  for (const { _id } of next) {
    await ctx.db.patch("alertDeliveries", _id, { after: undefined, nextAttemptAt: now });
  }
  if (next.length > 0) await ctx.scheduler.runAfter(0, internal.alertSending.pump, {});
}

/** Turns off a channel whose receiver no longer exists. */
async function disableChannel(
  ctx: MutationCtx,
  channelId: Id<"alertChannels">,
  outcome: string,
  now: number,
): Promise<void> {
  for (const delivery of await waitingIn(ctx, channelId)) await stopDelivery(ctx, delivery);
  const channel = await ctx.db.get("alertChannels", channelId);
  if (channel === null) return;
  await ctx.db.patch("alertChannels", channelId, {
    disabledAt: now,
    disabledReason: `The receiver answered ${outcome}.`,
  });
}

/** Ends a sender, and starts another if more is due. Messages without an outcome keep their lease. */
export async function endSender(ctx: MutationCtx, senderId: Id<"alertSenders">): Promise<void> {
  if ((await ctx.db.get("alertSenders", senderId)) !== null) await ctx.db.delete("alertSenders", senderId);
  await startSender(ctx, Date.now());
}
