/** The people of the tests, and how they come through the door. */
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import { type Claims, EDGE_SECRET, type Person, type TestBackend } from "./backend.ts";

export const DEVICE = { ipAddress: "203.0.113.7", userAgent: "Browser of the tests" };

export type Member = Person & { workosUserId: string; sessionId: string; email: string; userId: Id<"users"> };

/** What WorkOS says about a person, unless the test says otherwise. */
export function profileOf(name: string, over: { [field: string]: unknown } = {}) {
  return {
    workosUserId: `user_${name}`,
    email: `${name}@example.com`,
    firstName: name[0]?.toUpperCase() + name.slice(1),
    lastName: "Example",
    emailVerified: true,
    ...over,
  };
}

/** Signs a person in as the worker does: `signIn(backend, "grace", { claims: { role: "viewer" } })`. */
export async function signIn(
  backend: TestBackend,
  name: string,
  { profile = {}, claims = {} }: { profile?: { [field: string]: unknown }; claims?: Partial<Claims> } = {},
): Promise<Member> {
  const said = profileOf(name, profile);
  const sid = claims.sid ?? `session_${name}`;
  const person = backend.as({ sub: said.workosUserId, sid, ...claims });
  const { userId } = await person.mutation(api.edge.signedIn, {
    ...said,
    edgeSecret: EDGE_SECRET,
    session: { sessionId: sid, ...DEVICE },
  });
  return { ...person, workosUserId: said.workosUserId, sessionId: sid, email: said.email, userId };
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
