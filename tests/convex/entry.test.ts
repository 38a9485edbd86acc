/** Who may enter: the configured organization, e-mail domains, and role claims, in every Convex function. */
import { makeFunctionReference } from "convex/server";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, idOf, type Member, profileOf, rejectionOf, sessionOf, signIn } from "./people.ts";
import { ROWS } from "./permission-rows.ts";
import type { Person } from "./person.ts";

const { startBackend } = openBackends();

const OURS = "org_ours";
const THEIRS = "org_theirs";

/** Functions that a user who may not enter may call, with the proof of the worker. */
const SIGN_OUTS = ["auditLogs:logAuthEvent", "edge:signedOut", "sessions:revoke"];

/** Functions that check the e-mail in their arguments, and so would create the user. */
const SYNCS = ["edge:signedIn", "users:syncFromWorkOS"];

/** Returns the public functions that accept a caller. */
async function acceptedFunctions(caller: Person, user: Pick<Member, "userId" | "email" | "workosUserId">) {
  const scene = {
    caller: { ...user, sessionId: "session_elsewhere" },
    owner: user,
    member: user,
    // agents:start
    projectId: "unknown",
    keyId: "unknown",
    ruleId: "unknown",
    channelId: "unknown",
    // agents:end
  };
  const accepted: string[] = [];
  for (const [path, { args, nobody }] of Object.entries(ROWS)) {
    if (nobody === "ok" || SYNCS.includes(path)) continue;
    const [ask, change] = [makeFunctionReference<"query">(path), makeFunctionReference<"mutation">(path)];
    const sent = args(scene);
    // The kind of a function is not in the table; the wrong one is an error without a code.
    const code = await rejectionOf(caller.query(ask, sent)).catch(() =>
      rejectionOf(caller.mutation(change, sent)),
    );
    if (code !== "unauthenticated") accepted.push(path);
  }
  return accepted.sort();
}

/** Signs the session out as the worker does after the token has expired. */
function signOut(backend: TestBackend, name: string) {
  return backend.nobody.mutation(api.edge.signedOut, {
    workosUserId: idOf(backend, name),
    sessionId: sessionOf(backend, name),
    ...DEVICE,
    edge: EDGE_SECRET,
  });
}

describe("with WORKOS_ORGANIZATION_ID", () => {
  test("only tokens of that organization are accepted, in every function", async () => {
    const backend = await startBackend({ env: { WORKOS_ORGANIZATION_ID: OURS } });
    const grace = await signIn(backend, "grace", { organization: OURS });
    expect(await grace.query(api.users.viewer, {})).toMatchObject({ email: grace.email });
    const { workosUserId, sessionId } = grace;
    for (const claims of [{ org_id: THEIRS }, {}, { org_id: "" }, { org_id: `${OURS}1` }]) {
      const outsider = backend.as({ sub: workosUserId, sid: sessionId, ...claims });
      const code = await rejectionOf(outsider.query(api.users.viewer, {}));
      expect(code, JSON.stringify(claims)).toBe("unauthenticated");
    }
    const outsider = backend.as({ sub: workosUserId, sid: sessionId, org_id: THEIRS });
    expect(await acceptedFunctions(outsider, grace)).toEqual(SIGN_OUTS);
    const sync = { ...profileOf(backend, "grace"), edge: EDGE_SECRET };
    expect(await rejectionOf(outsider.mutation(api.users.syncFromWorkOS, sync))).toBe("unauthenticated");
    expect(await rejectionOf(signIn(backend, "mallory", { organization: THEIRS }))).toBe("unauthenticated");
    expect(await rejectionOf(signIn(backend, "mallory"))).toBe("unauthenticated");
    const users = (await backend.rows("users")).map(({ workosUserId }) => workosUserId);
    expect(users).toContain(workosUserId);
    expect(users).not.toContain(idOf(backend, "mallory"));
  });

  test("a role claim of admin counts only in a token of that organization", async () => {
    const backend = await startBackend({ env: { WORKOS_ORGANIZATION_ID: OURS } });
    const boss = await signIn(backend, "boss", { organization: OURS, role: "admin" });
    expect((await boss.query(api.users.viewer, {}))?.role).toBe("admin");
  });

  // The last test of this server: it keeps the changed variable.
  test("after the variable is changed, tokens of the old organization are rejected, and can be signed out", async () => {
    const backend = await startBackend({ env: { WORKOS_ORGANIZATION_ID: OURS } });
    const grace = await signIn(backend, "grace", { organization: OURS });
    await backend.setVariables({ WORKOS_ORGANIZATION_ID: THEIRS });
    expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
    expect(await rejectionOf(grace.mutation(api.preferences.set, {}))).toBe("unauthenticated");
    expect(await signOut(backend, "grace")).toBeNull();
    const moved = backend.as({ sub: grace.workosUserId, sid: grace.sessionId, org_id: THEIRS });
    expect(await rejectionOf(moved.query(api.users.viewer, {}))).toBe("unauthenticated");
    expect(await rejectionOf(signIn(backend, "alan", { organization: THEIRS }))).toBe("none");
  });
});

test("without WORKOS_ORGANIZATION_ID, the admin of an organization is a developer", async () => {
  const backend = await startBackend();
  const grace = await signIn(backend, "grace", { organization: THEIRS, role: "admin" });
  expect((await grace.query(api.users.viewer, {}))?.role).toBe("developer");
  const paginationOpts = { numItems: 5, cursor: null };
  expect(await rejectionOf(grace.query(api.users.list, { paginationOpts }))).toBe("forbidden");
  const alan = await signIn(backend, "alan", { organization: THEIRS, role: "viewer" });
  expect((await alan.query(api.users.viewer, {}))?.role).toBe("viewer");
  const mia = await signIn(backend, "mia", { organization: THEIRS, role: "member" });
  expect((await mia.query(api.users.viewer, {}))?.role).toBe("developer");
});

describe("with ALLOWED_EMAIL_DOMAINS", () => {
  const env = { ALLOWED_EMAIL_DOMAINS: "example.com, BÜCHER.example" };

  test("users are accepted by the e-mail that WorkOS last reported", async () => {
    const backend = await startBackend({ env });
    const grace = await signIn(backend, "grace");
    const email = (name: string) => ({ profile: { email: name } });
    const accepted = await signIn(backend, "berta", email("berta@xn--bcher-kva.example"));
    expect(await accepted.query(api.users.viewer, {})).toMatchObject({ status: "active" });
    for (const profile of [
      { email: "eve@eu.example.com" },
      { email: "eve@other.example" },
      { emailVerified: false },
    ]) {
      expect(await rejectionOf(signIn(backend, "eve", { profile })), JSON.stringify(profile)).toBe(
        "unauthenticated",
      );
    }
    const users = (await backend.rows("users")).map(({ workosUserId }) => workosUserId);
    expect(users).toEqual(expect.arrayContaining([grace.workosUserId, accepted.workosUserId]));
    expect(users).not.toContain(idOf(backend, "eve"));

    const moved = { ...profileOf(backend, "grace", { email: "grace@other.example" }), edge: EDGE_SECRET };
    expect(await rejectionOf(grace.mutation(api.users.syncFromWorkOS, moved))).toBe("unauthenticated");
    expect(await grace.query(api.users.viewer, {})).toMatchObject({ email: grace.email });
  });

  test("a user who is not synced, or whose stored e-mail is not allowed, is rejected in every function", async () => {
    const backend = await startBackend({ env });
    const grace = await signIn(backend, "grace");
    const unknown = backend.as({ sub: "user_unknown", sid: "session_unknown" });
    const nobody = { userId: grace.userId, email: "unknown@example.com", workosUserId: "user_unknown" };
    expect(await acceptedFunctions(unknown, nobody)).toEqual(SIGN_OUTS);

    const [row] = await backend.rows("users").then((rows) => rows.filter(({ _id }) => _id === grace.userId));
    const { _creationTime, ...stored } = row ?? { _id: "" };
    await backend.store("users", [{ ...stored, email: "grace@other.example" }], "replace");
    expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
    expect(await rejectionOf(grace.query(api.pages.activity, {}))).toBe("unauthenticated");
    expect(await signOut(backend, "grace")).toBeNull();
  });
});
