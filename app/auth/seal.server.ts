/** Sealing with iron-session: one format for each purpose, so that a seal made for one is worth nothing for another. */
import { sealData, unsealData } from "iron-session";
import * as v from "valibot";
import { remember } from "../bounded.ts";
import { type Session, sessionEnd } from "./session.ts";

/** Password id to password; the highest id seals, all of them open. */
export type Passwords = Record<string, string>;

/** One sign-in that is under way in this browser. Times are Unix milliseconds. */
export type Flow = { state: string; verifier: string; returnTo: string | null; startedAt: number };

/** A sign-in must be finished within this time. */
export const FLOW_LIFETIME_MS = 10 * 60 * 1000;

const time = v.pipe(v.number(), v.finite());
const text = v.pipe(v.string(), v.nonEmpty());

const sessionSchema: v.GenericSchema<unknown, Session & { purpose: "session" }> = v.strictObject({
  purpose: v.literal("session"),
  sessionId: text,
  user: v.strictObject({
    id: text,
    email: v.string(),
    firstName: v.nullable(v.string()),
    lastName: v.nullable(v.string()),
    profilePictureUrl: v.nullable(v.string()),
    emailVerified: v.boolean(),
  }),
  accessToken: text,
  accessTokenExpiresAt: time,
  refreshToken: text,
  organizationId: v.nullable(v.string()),
  role: v.nullable(v.string()),
  impersonator: v.optional(v.nullable(v.string()), null),
  userUpdatedAt: v.optional(v.nullable(time), null),
  refreshedAt: time,
  signedInAt: time,
});

const flowSchema: v.GenericSchema<unknown, Flow & { purpose: "flow" }> = v.strictObject({
  purpose: v.literal("flow"),
  state: text,
  verifier: text,
  returnTo: v.nullable(v.string()),
  startedAt: time,
});

/** iron-session accepts a seal for a minute longer than it was made for. Zero would mean for ever. */
const secondsUntil = (end: number, now: number) => Math.max(1, Math.ceil((end - now) / 1000));

async function open<T>(schema: v.GenericSchema<unknown, T>, sealed: string, password: Passwords) {
  const result = v.safeParse(schema, await unsealData(sealed, { password }));
  return result.success ? result.output : null;
}

/** @returns The session as the value of its cookie. */
export function sealSession(session: Session, password: Passwords, now: number): Promise<string> {
  const ttl = secondsUntil(sessionEnd(session), now);
  return sealData({ purpose: "session", ...session }, { password, ttl });
}

/**
 * Sessions opened in this isolate, by the passwords that opened them and their seal. Opening one costs as much as the rest of a small page, and the same
 * cookie comes with each request of a visit. Whether a session still stands is asked all the same; nothing here but
 * what the seal itself holds.
 */
const opened = new WeakMap<Passwords, Map<string, Readonly<Session>>>();
const MOST_OPENED = 500;

function keep(password: Passwords, sealed: string, session: Readonly<Session>): void {
  const known = opened.get(password) ?? new Map<string, Readonly<Session>>();
  opened.set(password, known);
  remember(known, MOST_OPENED, sealed, session);
}

/**
 * @returns The session in a cookie's value, or null where it is broken, foreign, made for another purpose, sealed with a
 *   password that is no longer known, or past its seventh day. Never throws.
 */
export async function openSession(
  sealed: string,
  password: Passwords,
  now: number,
): Promise<Readonly<Session> | null> {
  let session = opened.get(password)?.get(sealed);
  if (session === undefined) {
    const content = await open(sessionSchema, sealed, password);
    if (content === null) return null;
    const { purpose: _, ...rest } = content;
    Object.freeze(rest.user);
    session = Object.freeze(rest);
    keep(password, sealed, session);
  }
  return sessionEnd(session) > now ? session : null;
}

/** @returns A flow as the value of its cookie. */
export function sealFlow(flow: Flow, password: Passwords): Promise<string> {
  return sealData({ purpose: "flow", ...flow }, { password, ttl: FLOW_LIFETIME_MS / 1000 });
}

/** @returns The flow in a cookie's value, or null where it is not one, or older than ten minutes. Never throws. */
export async function openFlow(sealed: string, password: Passwords, now: number): Promise<Flow | null> {
  const flow = await open(flowSchema, sealed, password);
  return flow !== null && now - flow.startedAt < FLOW_LIFETIME_MS ? flow : null;
}
