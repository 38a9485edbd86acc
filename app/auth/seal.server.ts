/** Seals and opens sessions and flows with iron-session; neither opens as the other. */
import { sealData, unsealData } from "iron-session";
import * as v from "valibot";
import { setBounded } from "../request/bounded-map.ts";
import { type Session, sessionEnd } from "./session.ts";

/** Passwords by id. The highest id seals; every password opens. */
export type Passwords = Record<string, string>;

/** A pending sign-in of this browser. Times are Unix milliseconds. */
export type Flow = { state: string; verifier: string; returnTo: string | null; startedAt: number };

/** Maximum duration of a sign-in. */
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
  issuedAt: v.optional(v.nullable(time), null),
  syncPending: v.optional(v.boolean(), false),
});

const flowSchema: v.GenericSchema<unknown, Flow & { purpose: "flow" }> = v.strictObject({
  purpose: v.literal("flow"),
  state: text,
  verifier: text,
  returnTo: v.nullable(v.string()),
  startedAt: time,
});

/** Returns the seal's lifetime in seconds, at least 1: with 0, iron-session never expires it. */
const secondsUntil = (end: number, now: number) => Math.max(1, Math.ceil((end - now) / 1000));

async function open<T>(schema: v.GenericSchema<unknown, T>, sealed: string, password: Passwords) {
  const result = v.safeParse(schema, await unsealData(sealed, { password }));
  return result.success ? result.output : null;
}

/**
 * Returns a sealed session, the value of the session cookie.
 *
 * @param now - Unix milliseconds.
 */
export function sealSession(session: Session, password: Passwords, now: number): Promise<string> {
  const ttl = secondsUntil(sessionEnd(session), now);
  return sealData({ purpose: "session", ...session }, { password, ttl });
}

/**
 * Cache of opened sessions, by passwords and sealed session. Opening one costs as much as the rest of a small
 * page, and each request of a visit sends the same cookie. Revocation is checked elsewhere, on every request.
 */
const opened = new WeakMap<Passwords, Map<string, Readonly<Session>>>();
const MAX_OPENED = 500;

function keep(password: Passwords, sealed: string, session: Readonly<Session>): void {
  const known = opened.get(password) ?? new Map<string, Readonly<Session>>();
  opened.set(password, known);
  setBounded(known, sealed, session, MAX_OPENED);
}

/**
 * Returns the session in a sealed session. Never throws.
 *
 * @param sealed - Untrusted value of the session cookie.
 * @param now - Unix milliseconds.
 * @returns The session, or null if it is malformed, older than seven days, made for another purpose, or
 *   sealed with an unknown password.
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

/** Returns a sealed flow, the value of the flow cookie. */
export function sealFlow(flow: Flow, password: Passwords): Promise<string> {
  return sealData({ purpose: "flow", ...flow }, { password, ttl: FLOW_LIFETIME_MS / 1000 });
}

/** Returns the flow in a sealed flow, or null if it is invalid or older than ten minutes. Never throws. */
export async function openFlow(sealed: string, password: Passwords, now: number): Promise<Flow | null> {
  const flow = await open(flowSchema, sealed, password);
  return flow !== null && now - flow.startedAt < FLOW_LIFETIME_MS ? flow : null;
}
