import { expect, it } from "vitest";
import { joinSessions } from "./listed-sessions.server.ts";

const current = { sessionId: "session_current", startedAt: 1, userAgent: null };
const row = { sessionId: current.sessionId, startedAt: 2, lastSeenAt: 3, city: "Zurich" };
const newer = Array.from({ length: 100 }, (_, i) => {
  return { sessionId: `session_${i}`, startedAt: 10 + i, ipAddress: null, userAgent: null };
});

it.each([
  ["WorkOS lists only newer ones", newer, [row], { location: "Zurich", startedAt: 2, lastSeenAt: 3 }],
  ["Convex does not know it either", newer, [], { location: null, startedAt: 1, lastSeenAt: null }],
  ["WorkOS lists it", [...newer.slice(1), { ...current, ipAddress: null }], [], { startedAt: 1 }],
  ["neither answers", null, [], { startedAt: 1 }],
])("the current session is listed once, at the top, when %s", (_, atWorkOS, inConvex, expected) => {
  const listed = joinSessions(atWorkOS, inConvex, current);
  expect(listed[0]).toMatchObject({ ...expected, sessionId: current.sessionId, current: true });
  expect(listed.filter((session) => session.current)).toHaveLength(1);
});
