/** WorkOS's events about the organization of a deployment: they end the sessions that started before. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { idOf, type Member, rejectionOf, sessionOf, signIn } from "./people.ts";
import { sendEvent } from "./webhook.ts";

const { startBackend, startBackendAlone } = openBackends();

const OURS = "org_ours";
const SECOND = 1_000;
const NOW = Math.floor(Date.now() / SECOND) * SECOND;

const env = { WORKOS_ORGANIZATION_ID: OURS, ALLOWED_EMAIL_DOMAINS: "example.com" };

let backend: TestBackend;
let grace: Member;
beforeEach(() => begin(() => startBackend({ env })));

async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  grace = await enter("grace", NOW - 60 * SECOND);
}

const enter = (name: string, startedAt: number, session = name) =>
  signIn(backend, name, { organization: OURS, startedAt, session });

const stateOf = (member: Member) => rejectionOf(member.query(api.users.viewer, {}));

type Change = {
  id?: string;
  status?: string;
  organization?: string;
  user?: string;
  updatedAt?: number;
  at?: number;
};

function membership(event: "created" | "updated" | "deleted", change: Change = {}) {
  const { id = "om", status = "active", organization = OURS, user = "grace" } = change;
  const { updatedAt = NOW, at = updatedAt } = change;
  const data = {
    id: `${id}${backend.scope}`,
    status,
    organization_id: organization,
    user_id: idOf(backend, user),
    updated_at: new Date(updatedAt).toISOString(),
  };
  return sendEvent(backend, `organization_membership.${event}`, data, { createdAt: at });
}

describe("a membership that ends", () => {
  test.each([
    ["deleted", {}],
    ["updated", { status: "inactive" }],
    ["updated", { status: "pending" }],
  ] as const)("ends the sessions that started before (%s %j)", async (event, change) => {
    const later = await enter("grace", NOW, "later");
    const alan = await enter("alan", NOW - 60 * SECOND);
    expect(await membership(event, { ...change, at: NOW + 999 })).toBe(200);
    expect(await stateOf(grace)).toBe("unauthenticated");
    // One of the same second stays, and the user is not barred.
    expect(await stateOf(later)).toBe("none");
    expect(await stateOf(alan)).toBe("none");
    expect(await stateOf(await enter("grace", NOW + SECOND, "again"))).toBe("none");
    // A session that Convex does not know counts as older.
    const unknown = { sub: grace.workosUserId, sid: sessionOf(backend, "unknown"), org_id: OURS };
    expect(await rejectionOf(backend.as(unknown).query(api.users.viewer, {}))).toBe("unauthenticated");
  });

  test("of another organization, or that stays active, ends nothing", async () => {
    await membership("deleted", { organization: "org_theirs" });
    await membership("created");
    await membership("updated");
    await membership("created", { id: "om_2", status: "pending" });
    expect(await stateOf(grace)).toBe("none");
  });

  test("counts in the order of updated_at, in any order of arrival, twice and late", async () => {
    await membership("updated", { updatedAt: NOW });
    await membership("updated", { updatedAt: NOW - SECOND, at: NOW - SECOND, status: "inactive" });
    expect(await stateOf(grace)).toBe("none");
    await membership("updated", { updatedAt: NOW + SECOND, at: NOW, status: "inactive" });
    expect(await stateOf(grace)).toBe("unauthenticated");
    const again = await enter("grace", NOW + 2 * SECOND, "again");
    await membership("updated", { updatedAt: NOW + SECOND, at: NOW, status: "inactive" });
    expect(await stateOf(again)).toBe("none");
    await membership("deleted", { updatedAt: NOW - SECOND, at: NOW + 3 * SECOND });
    expect(await stateOf(again)).toBe("unauthenticated");
    const last = await enter("grace", NOW + 4 * SECOND, "last");
    await membership("updated", { updatedAt: NOW + 5 * SECOND, at: NOW + 5 * SECOND, status: "inactive" });
    expect(await stateOf(last)).toBe("none");
  });

  test("is remembered for a user who is not known yet", async () => {
    await membership("deleted", { user: "new", at: NOW });
    expect(await rejectionOf(enter("new", NOW - SECOND))).toBe("unauthenticated");
    expect(await stateOf(await enter("new", NOW, "later"))).toBe("none");
  });

  test("is malformed without its ids or time", async () => {
    const data = { id: "om_1", user_id: "user_1", organization_id: OURS, status: "inactive" };
    expect(await sendEvent(backend, "organization_membership.updated", data)).toBe(400);
    expect(await sendEvent(backend, "organization_membership.deleted", { id: "om_1" })).toBe(400);
    expect(await sendEvent(backend, "organization.deleted", {})).toBe(400);
  });
});

// agents:start
test("a user who may no longer enter gets no alerts by email", async () => {
  const projectId = await grace.mutation(api.projects.create, { name: "Deck" });
  const alan = await enter("alan", NOW - 60 * SECOND);
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  const add = (address: string) =>
    grace.mutation(api.alertChannels.create, { projectId, kind: "email", address });
  const channels = async () => (await backend.rows("alertChannels")).map(({ address }) => address);
  await add(alan.email);
  await add(grace.email);
  await membership("deleted", { id: "om_alan", user: "alan" });
  expect(await channels()).toEqual([grace.email]);
  const data = { id: grace.workosUserId, email: "grace@elsewhere.example", email_verified: true };
  await sendEvent(backend, "user.updated", { ...data, updated_at: new Date(NOW + SECOND).toISOString() });
  expect(await channels()).toEqual([]);
});
// agents:end

test("the deletion of the organization ends the sessions of all users that started before", async () => {
  await begin(() => startBackendAlone({ env }));
  const alan = await enter("alan", NOW);
  expect(await sendEvent(backend, "organization.deleted", { id: "org_theirs" })).toBe(200);
  expect(await stateOf(grace)).toBe("none");
  expect(await sendEvent(backend, "organization.deleted", { id: OURS }, { createdAt: NOW })).toBe(200);
  expect(await stateOf(grace)).toBe("unauthenticated");
  expect(await stateOf(alan)).toBe("none");
  expect(await rejectionOf(enter("late", NOW - SECOND))).toBe("unauthenticated");
  // Delivered twice, and reported again by another event of the same time.
  for (const id of ["event_gone", "event_gone", "event_gone_again"])
    expect(await sendEvent(backend, "organization.deleted", { id: OURS }, { id, createdAt: NOW })).toBe(200);
  expect(await stateOf(alan)).toBe("none");
  const cutoffs = await backend.rows("sessionCutoffs");
  expect(cutoffs).toMatchObject([{ workosUserId: OURS, before: NOW }]);
});

describe("user.updated", () => {
  const user = (change: object, updatedAt = NOW + SECOND) =>
    sendEvent(backend, "user.updated", {
      id: grace.workosUserId,
      email: grace.email,
      email_verified: true,
      updated_at: new Date(updatedAt).toISOString(),
      ...change,
    });

  test.each([{ email: "grace@other.example" }, { email_verified: false }])(
    "with %j ends all sessions, and changing it back restores none",
    async (change) => {
      expect(await user(change)).toBe(200);
      expect(await stateOf(grace)).toBe("unauthenticated");
      await user({}, NOW + 2 * SECOND);
      expect(await stateOf(grace)).toBe("unauthenticated");
      const again = await enter("grace", Math.floor(Date.now() / SECOND) * SECOND, "again");
      expect(await stateOf(again)).toBe("none");
      const paginationOpts = { numItems: 10, cursor: null };
      const { page } = await again.query(api.auditLogs.mine, { paginationOpts });
      expect(page.find(({ event }) => event === "sessions_ended")).toMatchObject({ target: "1" });
    },
  );

  test("of an older time, or about an unknown user, changes nothing", async () => {
    await user({ first_name: "New" }, NOW + 9 * SECOND);
    await user({ email: "grace@other.example" }, NOW);
    expect(await stateOf(grace)).toBe("none");
    await sendEvent(backend, "user.created", {
      id: "user_unknown",
      email: "unknown@example.com",
      email_verified: true,
      updated_at: new Date(NOW).toISOString(),
    });
    const known = (await backend.rows("users")).map(({ workosUserId }) => workosUserId);
    expect(known).toContain(grace.workosUserId);
    expect(known).not.toContain("user_unknown");
  });
});
