/** Sending of alert messages, by actions of the scheduler. */
import { v } from "convex/values";
import { internal } from "./_generated/api.js";
import type { ActionCtx } from "./_generated/server";
import { internalAction, internalMutation, internalQuery } from "./functions.ts";
import {
  type Attempt,
  attemptShape,
  type DeliveryRequest,
  endSender,
  finishAttempt,
  requestShape,
  requestsOf,
  startSender,
} from "./model/alerts/sending.ts";
import { signature } from "./model/alerts/signature.ts";

/** Time in which a receiver must respond, in ms. */
const TIMEOUT_MS = 10_000;

/** Attempts to note outcomes, in about six seconds together. */
const MOST_TRIES = 6;

const senderId = v.id("alertSenders");

/** Starts a sender if messages are due. Also a cron, for messages whose sender was lost. */
export const pump = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await startSender(ctx, Date.now());
    return null;
  },
});

/** Sends the messages of one sender at once, and notes each outcome when it is known. */
export const send = internalAction({
  args: { senderId },
  returns: v.null(),
  handler: async (ctx, { senderId }) => {
    const requests: DeliveryRequest[] = await ctx.runQuery(internal.alertSending.requests, { senderId });
    const known: Attempt[] = [];
    let noting: Promise<void> | null = null;
    // One call at a time, because concurrent calls would conflict.
    const note = async () => {
      while (known.length > 0) {
        await finishAttempts(ctx, known.splice(0));
      }
      noting = null;
    };
    await Promise.all(
      requests.map(async (request) => {
        const { deliveryId, claim } = request;
        known.push({ deliveryId, claim, outcome: await attempt(request) });
        noting ??= note();
        await noting;
      }),
    );
    await ctx.runMutation(internal.alertSending.end, { senderId });
    return null;
  },
});

/**
 * Notes outcomes. Tries again if it fails, because senders of the same channel write what this reads: an outcome
 * that is not noted would be sent again.
 */
async function finishAttempts(ctx: ActionCtx, attempts: Attempt[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await ctx.runMutation(internal.alertSending.finish, { attempts });
      return;
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      const ms = 100 * 2 ** tries * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
}

export const requests = internalQuery({
  args: { senderId },
  returns: v.array(requestShape),
  handler: async (ctx, { senderId }) => await requestsOf(ctx, senderId),
});

export const finish = internalMutation({
  args: { attempts: v.array(attemptShape) },
  returns: v.null(),
  handler: async (ctx, { attempts }) => {
    for (const attempt of attempts) await finishAttempt(ctx, attempt);
    return null;
  },
});

export const end = internalMutation({
  args: { senderId },
  returns: v.null(),
  handler: async (ctx, { senderId }) => {
    await endSender(ctx, senderId);
    return null;
  },
});

/**
 * Sends one request.
 *
 * @returns The status of the response, `timeout`, or `unreachable`. The body of the response is not read.
 */
async function attempt({ url, headers, body, secret }: DeliveryRequest): Promise<string> {
  const id = headers["webhook-id"] ?? "";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, ...(secret !== null && (await signature(secret, id, body, Date.now()))) },
      body,
      redirect: "manual",
      signal: abort.signal,
    });
    await response.body?.cancel();
    // A redirect that is not followed may have the status 0.
    return response.status === 0 ? "redirect" : `${response.status}`;
  } catch {
    return abort.signal.aborted ? "timeout" : "unreachable";
  } finally {
    clearTimeout(timer);
  }
}
