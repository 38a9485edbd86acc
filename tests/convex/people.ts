/** Test users and their sign-in. */

import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { rejectionIn } from "../../convex/model/rejection.ts";
import { EDGE_SECRET, type TestBackend } from "./backend.ts";
import type { Person } from "./person.ts";

export const DEVICE = { ipAddress: "203.0.113.7", userAgent: "Browser of the tests" };

export type Member = Person & { workosUserId: string; sessionId: string; email: string; userId: Id<"users"> };

/**
 * Returns the WorkOS user id of a test user.
 * @param backend - Backend of the test.
 * @param name - Name of the user.
 * @returns The id.
 */
export function idOf(backend: TestBackend, name: string): string {
  return `user_${name}${backend.scope}`;
}

/**
 * Returns the id of a test session.
 * @param backend - Backend of the test.
 * @param name - Name of the session.
 * @returns The id.
 */
export function sessionOf(backend: TestBackend, name: string): string {
  return `session_${name}${backend.scope}`;
}

/**
 * Returns a user's WorkOS profile.
 * @param backend - Backend of the test.
 * @param name - Name of the user.
 * @param over - Fields to replace.
 * @returns The profile.
 */
export function profileOf(backend: TestBackend, name: string, over: { [field: string]: unknown } = {}) {
  return {
    workosUserId: idOf(backend, name),
    email: `${name}${backend.scope}@example.com`,
    firstName: name[0]?.toUpperCase() + name.slice(1),
    lastName: "Example",
    emailVerified: true,
    ...over,
  };
}

type SignIn = {
  /** Name of the session; the user's name by default. */
  session?: string;
  /** Unix ms; now by default. */
  startedAt?: number;
  role?: string;
  /** The claim `org_id`. */
  organization?: string;
  /** E-mail of the impersonator. */
  impersonator?: string;
  profile?: { [field: string]: unknown };
};

/**
 * Signs a user in as the worker does, for example `signIn(backend, "grace", { role: "viewer" })`.
 * @param backend - Backend of the test.
 * @param name - Name of the user.
 * @param options - Session name, role claim, and profile fields to replace.
 * @returns The signed-in user.
 */
export async function signIn(
  backend: TestBackend,
  name: string,
  { session = name, startedAt, role, organization, impersonator, profile = {} }: SignIn = {},
): Promise<Member> {
  const workosProfile = profileOf(backend, name, profile);
  const sessionId = sessionOf(backend, session);
  const person = backend.as({
    sub: workosProfile.workosUserId,
    sid: sessionId,
    ...(role !== undefined && { role }),
    ...(organization !== undefined && { org_id: organization }),
    ...(impersonator !== undefined && { act: { sub: impersonator } }),
  });
  const { userId } = await person.mutation(api.edge.signedIn, {
    ...workosProfile,
    edge: EDGE_SECRET,
    session: { sessionId, ...DEVICE, ...(startedAt !== undefined && { startedAt }) },
  });
  return {
    ...person,
    workosUserId: workosProfile.workosUserId,
    sessionId,
    email: workosProfile.email,
    userId,
  };
}

/**
 * Returns the error code of a rejected call.
 * @param call - Pending call.
 * @returns The code, or `none` if the call succeeds.
 * @throws {Error} when the call fails without a code.
 */
export async function rejectionOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const data: unknown = error instanceof Error && "data" in error ? error.data : undefined;
    const rejection = rejectionIn({ data: typeof data === "string" ? JSON.parse(data) : data });
    if (rejection !== null) return rejection.code;
    throw error;
  }
  return "none";
}
