import { expect, it } from "vitest";
import { revocationOf } from "./refresher.server.ts";
import type { Session } from "./session.ts";

const session: Session = {
  sessionId: "session_1",
  user: {
    ...{ id: "user_1", email: "ada@example.com", emailVerified: true },
    ...{ firstName: null, lastName: null, profilePictureUrl: null },
  },
  ...{ accessToken: "token", accessTokenExpiresAt: 0, refreshToken: "refresh" },
  ...{ organizationId: null, role: null, impersonator: null },
  ...{ userUpdatedAt: 0, refreshedAt: 0, issuedAt: null, syncPending: false, signedInAt: 1 },
};
const seen = { ipAddress: "203.0.113.7", userAgent: "Browser/1.0" };

it("the revocation of a session names the impersonator, if there is one", () => {
  expect(revocationOf(session, seen, "r1")).not.toHaveProperty("impersonator");
  const impersonated = { ...session, impersonator: "support@workos.example" };
  expect(revocationOf(impersonated, seen, "r1")).toMatchObject({
    ...{ sessionId: "session_1", userId: "user_1", signedInAt: 1, requestId: "r1", revoked: true, ...seen },
    impersonator: "support@workos.example",
  });
});
