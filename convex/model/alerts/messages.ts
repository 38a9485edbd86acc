/** Texts and bodies of messages. All times are ISO 8601 in UTC. */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { visibleName } from "../names.ts";
import { predicateOf, ruleOf } from "./rules.ts";

/** Content of a message: the body of a webhook, and the same as text for Slack and email. */
export type Message = { body: string; subject: string; lines: string[] };

type Place = { id: string; name: string; url: string | null };

/**
 * Returns what a delivery says.
 *
 * @param origin - Origin of the app; null if it is not known.
 * @returns The message; null if the incident no longer exists.
 */
export async function messageOf(
  ctx: QueryCtx,
  delivery: Doc<"alertDeliveries">,
  project: Doc<"projects">,
  origin: string | null,
): Promise<Message | null> {
  const place: Place = {
    id: project._id,
    name: visibleName(project.name),
    url: origin === null ? null : `${origin}/projects/${project._id}`,
  };
  if (delivery.type === "test") return testMessage(place, delivery.createdAt);
  if (delivery.type === "digest") return await digestMessage(ctx, delivery, place);
  const incident = delivery.incidentId === null ? null : await ctx.db.get("incidents", delivery.incidentId);
  if (incident === null) return null;
  const isClosed = delivery.type === "incident.closed";
  const line = lineOf(incident, isClosed, place);
  return {
    body: bodyOf(delivery.type, delivery.createdAt, dataOf(incident, isClosed, place)),
    subject: `${place.name}: ${headlineOf(incident, isClosed)}`,
    lines: [line],
  };
}

function testMessage(place: Place, createdAt: number): Message {
  return {
    body: bodyOf("test", createdAt, { project: place }),
    subject: `${place.name}: test of alerts`,
    lines: [`This is a test of the alerts of ${place.name}.`, ...linkOf(place)],
  };
}

async function digestMessage(
  ctx: QueryCtx,
  { digest, createdAt }: Doc<"alertDeliveries">,
  place: Place,
): Promise<Message> {
  const { opened, closed, entries } = digest ?? { opened: 0, closed: 0, entries: [] };
  const found = await Promise.all(
    entries.toReversed().map(async ({ incidentId, type }) => {
      const incident = await ctx.db.get("incidents", incidentId);
      return incident === null ? [] : [{ incident, type, isClosed: type === "incident.closed" }];
    }),
  );
  const all = found.flat();
  const incidents = all.map(({ incident, type, isClosed }) => ({
    type,
    ...dataOf(incident, isClosed, place),
  }));
  const counts = `${opened} opened, ${closed} closed`;
  return {
    body: bodyOf("digest", createdAt, { project: place, opened, closed, incidents }),
    subject: `${place.name}: ${counts}`,
    lines: [
      `${place.name}: ${counts} since ${iso(createdAt)}.`,
      ...all.map(({ incident, isClosed }) => `${headlineOf(incident, isClosed)}.`),
      ...linkOf(place),
    ],
  };
}

function bodyOf(type: string, at: number, data: object): string {
  return JSON.stringify({ type, timestamp: iso(at), data });
}

function dataOf(incident: Doc<"incidents">, isClosed: boolean, project: Place) {
  const { _id, agent, ruleId, rule, value, since, closedAt, closeReason } = incident;
  return {
    incidentId: _id,
    project,
    agent,
    rule: { id: ruleId, ...ruleOf(rule) },
    value,
    since: iso(since),
    ...(isClosed && { closedAt: iso(closedAt ?? 0), reason: closeReason }),
  };
}

/** Returns the first sentence, without its end. */
function headlineOf({ agent, rule, closeReason }: Doc<"incidents">, isClosed: boolean): string {
  const predicate = predicateOf(rule);
  return isClosed ? `closed (${closeReason}): ${agent} ${predicate}` : `${agent} ${predicate}`;
}

function lineOf(incident: Doc<"incidents">, isClosed: boolean, place: Place): string {
  const { value, since, closedAt } = incident;
  const measured = value === null ? "" : `, value ${value}`;
  const end = isClosed ? ` to ${iso(closedAt ?? 0)}` : "";
  const link = place.url === null ? "" : ` ${place.url}`;
  return `${place.name}: ${headlineOf(incident, isClosed)} (since ${iso(since)}${end}${measured}).${link}`;
}

function linkOf({ url }: Place): string[] {
  return url === null ? [] : [url];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Returns one line of text for Slack, with its three control characters (&, <, >) escaped. */
export function slackText(lines: readonly string[]): string {
  const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return lines
    .join(" ")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[&<>]/g, (character) => escapes[character] ?? character);
}
