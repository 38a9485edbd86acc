import { describe, expect, it } from "vitest";
import { accountExport, type StoredAccount } from "./account-export.ts";

type Entry = Parameters<typeof accountExport>[1][number];

const id = <T extends string>(text: string) => text as T;

const account: StoredAccount = {
  viewer: {
    _id: id("user1"),
    _creationTime: 0,
    workosUserId: "user_01",
    email: "ada@example.com",
    firstName: "Ada",
    emailVerified: true,
    createdAt: 1000,
    updatedAt: 2000,
    role: "admin",
    status: "active",
    preferences: { theme: "dark", timeZone: null },
  },
  projects: [{ _id: id("project1"), name: "Engines", createdAt: 3000, role: "owner" }], // agents:line
  sessions: [{ sessionId: "session_01", startedAt: 4000, lastSeenAt: 5000 }],
};
const entry = (target?: string): Entry => ({
  _id: id("entry1"),
  userId: id("user1"),
  event: "login",
  timestamp: 6000,
  ...(target !== undefined && { target }),
});

describe("an account export", () => {
  it("contains the profile, preferences, sessions and activity", () => {
    const exported = accountExport(account, [entry()], 7000);
    expect(exported).toMatchObject({
      exportedAt: "1970-01-01T00:00:07.000Z",
      profile: { email: "ada@example.com", firstName: "Ada", createdAt: "1970-01-01T00:00:01.000Z" },
      preferences: { theme: "dark", timeZone: null },
      projects: [{ name: "Engines", role: "owner" }], // agents:line
      sessions: [{ sessionId: "session_01", lastSeenAt: "1970-01-01T00:00:05.000Z" }],
      activity: [{ event: "login", timestamp: "1970-01-01T00:00:06.000Z" }],
    });
    expect(exported.profile).not.toHaveProperty("preferences");
  });

  it("removes the e-mail addresses of other users", () => {
    const { activity } = accountExport(
      account,
      [entry("impersonated by support@example.com"), entry("ada@example.com’s key")],
      0,
    );
    expect(activity.map(({ target }) => target)).toEqual([
      "impersonated by (somebody else)",
      "(somebody else) key",
    ]);
  });

  it("is empty if nothing is stored yet", () => {
    expect(accountExport({ ...account, viewer: null, sessions: [] }, [], 0)).toMatchObject({
      exportedAt: "1970-01-01T00:00:00.000Z",
      profile: {},
      preferences: null,
      sessions: [],
      activity: [],
    });
  });
});
