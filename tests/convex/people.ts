/** The people of the tests, and how they come through the door. */
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { EDGE_SECRET, type Person, type TestBackend } from "./backend.ts";

export const DEVICE = { ipAddress: "203.0.113.7", userAgent: "Browser of the tests" };

export type Member = Person & { workosUserId: string; sessionId: string; email: string; userId: Id<"users"> };

/** WorkOS's id of a person of this test. */
export function idOf(backend: TestBackend, name: string): string {
  return `user_${name}${backend.scope}`;
}

/** The id of a session of this test. */
export function sessionOf(backend: TestBackend, name: string): string {
  return `session_${name}${backend.scope}`;
}

/** What WorkOS says about a person, unless the test says otherwise. */
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
  /** The session's name, where it is not the person's first. */
  session?: string;
  role?: string;
  profile?: { [field: string]: unknown };
};

/** Signs a person in as the worker does: `signIn(backend, "grace", { role: "viewer" })`. */
export async function signIn(
  backend: TestBackend,
  name: string,
  { session = name, role, profile = {} }: SignIn = {},
): Promise<Member> {
  const said = profileOf(backend, name, profile);
  const sessionId = sessionOf(backend, session);
  const person = backend.as({ sub: said.workosUserId, sid: sessionId, ...(role !== undefined && { role }) });
  const { userId } = await person.mutation(api.edge.signedIn, {
    ...said,
    edgeSecret: EDGE_SECRET,
    session: { sessionId, ...DEVICE },
  });
  return { ...person, workosUserId: said.workosUserId, sessionId, email: said.email, userId };
}

/** The code of the refusal that a call ends in. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const data: unknown = error instanceof Error && "data" in error ? error.data : undefined;
    const parsed: unknown = typeof data === "string" ? JSON.parse(data) : data;
    if (typeof parsed === "object" && parsed !== null && "code" in parsed) return String(parsed.code);
    throw error;
  }
  return "none";
}
