import { sealData } from "iron-session";
import { describe, expect, it } from "vitest";
import { SESSION_LIFETIME_MS } from "../../convex/model/sessionRules.ts";
import { FLOW_LIFETIME_MS, openFlow, openSession, sealFlow, sealSession } from "./seal.server.ts";
import type { Session } from "./session.ts";

const passwords = { 1: "0123456789abcdef0123456789abcdef" };
const now = Date.now();
const session: Session = {
  sessionId: "session_1",
  user: {
    id: "user_1",
    email: "ada@example.com",
    firstName: "Ada",
    lastName: null,
    profilePictureUrl: null,
    emailVerified: true,
  },
  accessToken: "token",
  accessTokenExpiresAt: now + 300_000,
  refreshToken: "refresh",
  organizationId: null,
  role: null,
  impersonator: null,
  userUpdatedAt: now,
  refreshedAt: now,
  issuedAt: null,
  syncPending: false,
  signedInAt: now,
};
const flow = { state: "state", verifier: "verifier", returnTo: "/dashboard", startedAt: now };

describe("a sealed session", () => {
  it("opens to the session that was sealed", async () => {
    expect(await openSession(await sealSession(session, passwords, now), passwords, now)).toEqual(session);
  });

  it("opens if it was sealed before `userUpdatedAt` and `impersonator` existed", async () => {
    const { userUpdatedAt: _, impersonator: __, ...older } = session;
    const sealed = await sealData({ purpose: "session", ...older }, { password: passwords, ttl: 60 });
    expect(await openSession(sealed, passwords, now)).toEqual({ ...session, userUpdatedAt: null });
  });

  it("is frozen after it is opened", async () => {
    expect(
      Object.isFrozen(await openSession(await sealSession(session, passwords, now), passwords, now)),
    ).toBe(true);
  });

  it("does not open after seven days, even if the seal has not expired", async () => {
    const sealed = await sealSession(session, passwords, now);
    expect(await openSession(sealed, passwords, now + SESSION_LIFETIME_MS)).toBeNull();
    expect(await openSession(sealed, passwords, now + SESSION_LIFETIME_MS - 1)).not.toBeNull();
  });

  it("does not open as a flow, and a sealed flow does not open as a session", async () => {
    expect(await openFlow(await sealSession(session, passwords, now), passwords, now)).toBeNull();
    expect(await openSession(await sealFlow(flow, passwords), passwords, now)).toBeNull();
  });

  it.each(["", "x", "Fe26.2*1*", "Fe26.2*1*a*b*c*d*e*f~2", "a".repeat(10_000)])(
    "does not open from %j",
    async (bad) => {
      expect(await openSession(bad, passwords, now)).toBeNull();
    },
  );

  it("does not open if it was truncated or modified", async () => {
    const sealed = await sealSession(session, passwords, now);
    expect(await openSession(sealed.slice(0, -10), passwords, now)).toBeNull();
    expect(await openSession(sealed.replace(/.{5}(?=\*)/, "AAAAA"), passwords, now)).toBeNull();
  });

  it("does not open if its content does not match the schema", async () => {
    const sealed = await sealData({ ...session, purpose: "session", user: null }, { password: passwords });
    expect(await openSession(sealed, passwords, now)).toBeNull();
  });

  it("is sealed with the newest password, and opens until its own password is removed", async () => {
    const other = "fedcba9876543210fedcba9876543210";
    const old = await sealSession(session, passwords, now);
    const map = { ...passwords, 2: other };
    expect(await openSession(old, map, now)).toEqual(session);
    const fresh = await sealSession(session, map, now);
    expect(await openSession(fresh, { 2: other }, now)).toEqual(session);
    expect(await openSession(old, { 2: other }, now)).toBeNull();
  });
});

describe("a sealed flow", () => {
  it("expires after ten minutes", async () => {
    const sealed = await sealFlow(flow, passwords);
    expect(await openFlow(sealed, passwords, now)).toMatchObject(flow);
    expect(await openFlow(sealed, passwords, now + FLOW_LIFETIME_MS)).toBeNull();
  });
});
