/**
 * Outbox of one transaction: adds the messages about incidents to the channels of a project, and collects
 * those over the limit of a channel in a digest.
 */
import { internal } from "../../_generated/api.js";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { MINUTE_MS } from "../intervals.ts";
import type { MessageType } from "./tables.ts";

/** Maximum number of messages per channel and span, without tests. The extra second covers the way to the receiver. */
export const MOST_MESSAGES = 20;
export const SPAN_MS = 10 * MINUTE_MS + 1_000;

/** Maximum number of events that a digest lists. Further ones are only counted. */
const MOST_ENTRIES = 50;

type Channel = Doc<"alertChannels">;
type Delivery = Doc<"alertDeliveries">;

/** What a digest contains. */
type Content = NonNullable<Delivery["digest"]>;

const NOTHING: Content = { opened: 0, closed: 0, entries: [] };

/** A digest that no sender has had yet: it takes further events. It is stored once, when the outbox is sealed. */
type OpenDigest = {
  _id: Id<"alertDeliveries"> | null;
  nextAttemptAt: number;
  content: Content;
  changed: boolean;
};

/** A channel with the messages that count towards its limit. */
type OpenChannel = {
  channel: Channel;
  room: number;
  /** When the next message leaves the span, in Unix ms. */
  roomAt: number;
  digest: OpenDigest | null;
  /** A digest that is being sent, which may contain what is closed now. */
  sending: Id<"alertDeliveries"> | null;
};

/** The channels are loaded with the first message. */
export type Outbox = {
  projectId: Id<"projects">;
  now: number;
  channels: OpenChannel[] | null;
  /** Due times of the added messages, in Unix ms. */
  dues: Set<number>;
  /** Agents whose incidents opened or closed. */
  changed: Set<string>;
};

/** Returns an empty outbox for one transaction. */
export function openOutbox(projectId: Id<"projects">, now: number): Outbox {
  return { projectId, now, channels: null, dues: new Set(), changed: new Set() };
}

/** Stores the digests, and wakes the sender for the messages that were added. */
export async function sealOutbox(ctx: MutationCtx, { channels, dues, now }: Outbox): Promise<void> {
  for (const { channel, digest } of channels ?? []) {
    if (!digest?.changed) continue;
    const { _id, nextAttemptAt, content } = digest;
    if (_id !== null) await ctx.db.patch("alertDeliveries", _id, { digest: content });
    else {
      const fields = { ...newDelivery(channel, "digest", now), nextAttemptAt, digest: content };
      await ctx.db.insert("alertDeliveries", fields);
    }
  }
  for (const dueAt of dues) await ctx.scheduler.runAt(dueAt, internal.alertSending.pump, {});
}

export async function channelsOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<Channel[]> {
  return await ctx.db
    .query("alertChannels")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .collect();
}

/** Adds one message about an incident for each channel that is on. */
export async function addMessages(
  ctx: MutationCtx,
  outbox: Outbox,
  incidentId: Id<"incidents">,
  type: "incident.opened" | "incident.closed",
): Promise<void> {
  const { projectId, now } = outbox;
  outbox.channels ??= await openChannels(ctx, projectId, now);
  for (const open of outbox.channels) {
    if (open.digest !== null || open.room <= 0) {
      outbox.dues.add(addToDigest(open, incidentId, type, now));
      continue;
    }
    open.room -= 1;
    const after = type === "incident.closed" ? await predecessor(ctx, open, incidentId) : null;
    await ctx.db.insert("alertDeliveries", {
      ...newDelivery(open.channel, type, now),
      incidentId,
      ...(after === null ? { nextAttemptAt: now } : { after }),
    });
    if (after === null) outbox.dues.add(now);
  }
}

/** Returns a message that no sender has had yet. */
export function newDelivery({ _id, projectId, kind }: Channel, type: MessageType, now: number) {
  return {
    ...{ projectId, channelId: _id, channelKind: kind, incidentId: null, type },
    ...{ status: "waiting" as const, attempts: 0, createdAt: now, claim: 0 },
  };
}

async function openChannels(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  now: number,
): Promise<OpenChannel[]> {
  const channels = (await channelsOf(ctx, projectId)).filter(({ disabledAt }) => disabledAt === undefined);
  return await Promise.all(
    channels.map(async (channel) => {
      const waiting = await waitingIn(ctx, channel._id);
      const counted = await countedIn(ctx, channel._id, now);
      const digests = waiting.filter(({ type }) => type === "digest");
      return {
        channel,
        room: MOST_MESSAGES - counted.length,
        roomAt: Math.min(now, ...counted) + SPAN_MS,
        digest: openDigest(digests, now),
        sending: digests.find(({ firstAttemptAt }) => firstAttemptAt !== undefined)?._id ?? null,
      };
    }),
  );
}

/** Returns the messages of a channel that are not done: those that are sent again, and at most 20 others. */
export async function waitingIn(ctx: QueryCtx, channelId: Id<"alertChannels">): Promise<Delivery[]> {
  return await ctx.db
    .query("alertDeliveries")
    .withIndex("by_channel", (q) => q.eq("channelId", channelId).eq("status", "waiting"))
    .collect();
}

/** Returns the times of the messages that count towards the limit of a channel; those to be sent count as now. */
export async function countedIn(
  ctx: QueryCtx,
  channelId: Id<"alertChannels">,
  now: number,
): Promise<number[]> {
  const done = (status: "delivered" | "failed") =>
    ctx.db
      .query("alertDeliveries")
      .withIndex("by_channel", (q) =>
        q
          .eq("channelId", channelId)
          .eq("status", status)
          .gt("firstAttemptAt", now - SPAN_MS),
      )
      .collect();
  const all = [...(await waitingIn(ctx, channelId)), ...(await done("delivered")), ...(await done("failed"))];
  return all
    .filter(
      ({ type, firstAttemptAt }) => type !== "test" && !(type === "digest" && firstAttemptAt === undefined),
    )
    .map(({ firstAttemptAt = now }) => firstAttemptAt)
    .filter((at) => at > now - SPAN_MS);
}

/** Returns the digest that takes further events, if there is one. */
function openDigest(digests: readonly Delivery[], now: number): OpenDigest | null {
  const row = digests.find(({ firstAttemptAt }) => firstAttemptAt === undefined);
  if (row === undefined) return null;
  const { _id, nextAttemptAt = now, digest = NOTHING } = row;
  return { _id, nextAttemptAt, content: digest, changed: false };
}

/** Adds an event to the digest of a channel. Returns when the digest is due. */
function addToDigest(
  open: OpenChannel,
  incidentId: Id<"incidents">,
  type: "incident.opened" | "incident.closed",
  now: number,
): number {
  const known = open.digest ?? { _id: null, nextAttemptAt: Math.max(now, open.roomAt), content: NOTHING };
  const { opened, closed, entries } = known.content;
  const content = {
    opened: opened + (type === "incident.opened" ? 1 : 0),
    closed: closed + (type === "incident.closed" ? 1 : 0),
    entries: [...entries, { incidentId, type }].slice(-MOST_ENTRIES),
  };
  open.digest = { ...known, content, changed: true };
  return known.nextAttemptAt;
}

/** Returns the message that must be delivered or given up before an incident's closing message. */
async function predecessor(
  ctx: MutationCtx,
  { channel, sending }: OpenChannel,
  incidentId: Id<"incidents">,
): Promise<Id<"alertDeliveries"> | null> {
  const earlier = await ctx.db
    .query("alertDeliveries")
    .withIndex("by_incident", (q) => q.eq("incidentId", incidentId).eq("channelId", channel._id))
    .first();
  if (earlier === null) return sending;
  return earlier.status === "waiting" ? earlier._id : null;
}
