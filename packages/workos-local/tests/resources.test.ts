/** Users, sessions, organizations and memberships through the SDK, and invalid requests. */
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACME, GLOBEX } from "../src/demo-users.ts";
import {
  API_KEY,
  authorizeUrl,
  CLIENT_ID,
  failureOf,
  local,
  newPkce,
  type RunningWorkOS,
  runningWorkOS,
  sdkFor,
  signIn,
} from "./running-workos.ts";

let workos: RunningWorkOS;
beforeAll(async () => {
  workos = await runningWorkOS();
});
afterAll(() => workos.close());

test("a user can be read, updated and deleted", async () => {
  const { user } = await signIn(workos, { email: "changed@example.org" });
  const { userManagement } = workos.sdk;
  expect(await userManagement.getUser(user.id)).toMatchObject({ id: user.id, email: "changed@example.org" });
  const changed = await userManagement.updateUser({
    userId: user.id,
    firstName: "Edsger",
    lastName: "Dijkstra",
  });
  expect(changed).toMatchObject({ firstName: "Edsger", lastName: "Dijkstra", name: "Edsger Dijkstra" });
  expect(changed.updatedAt > user.updatedAt).toBe(true);
  await userManagement.deleteUser(user.id);
  for (const gone of [() => userManagement.getUser(user.id), () => userManagement.deleteUser(user.id)])
    expect(await failureOf(gone())).toMatchObject({
      name: "NotFoundException",
      status: 404,
      code: "entity_not_found",
    });
});

test("after a deletion, the same email is a new user", async () => {
  const before = await signIn(workos, { email: "again@example.org" });
  await workos.sdk.userManagement.deleteUser(before.user.id);
  const after = await signIn(workos, { email: "again@example.org" });
  expect(after.user.id).not.toBe(before.user.id);
});

test("users can be listed by email, and emails are unique", async () => {
  const { userManagement } = workos.sdk;
  const { data } = await userManagement.listUsers({ email: "ADA@example.com" });
  expect(data.map(({ email }) => email)).toEqual(["ada@example.com"]);
  expect(await failureOf(userManagement.createUser({ email: "Ada@Example.com" }))).toMatchObject({
    name: "BadRequestException",
    code: "user_creation_error",
  });
  const taken = userManagement.updateUser({ userId: data[0]?.id ?? "", email: "grace@example.com" });
  expect(await failureOf(taken)).toMatchObject({ name: "UnprocessableEntityException", status: 422 });
});

test("lists can be paginated forwards and backwards", async () => {
  for (let i = 0; i < 12; i++) await workos.sdk.organizations.createOrganization({ name: `Listed ${i}` });
  const { organizations } = workos.sdk;
  const all = (await organizations.listOrganizations({ limit: 100 })).data.map(({ id }) => id);
  const first = await organizations.listOrganizations({ limit: 2 });
  expect(first.data.map(({ id }) => id)).toEqual(all.slice(0, 2));
  expect(first.listMetadata.before).toBeNull();
  const second = await organizations.listOrganizations({ limit: 2, after: first.listMetadata.after ?? "" });
  expect(second.data.map(({ id }) => id)).toEqual(all.slice(2, 4));
  const back = await organizations.listOrganizations({ limit: 2, before: second.listMetadata.before ?? "" });
  expect(back.data.map(({ id }) => id)).toEqual(all.slice(0, 2));
  expect(await (await organizations.listOrganizations()).autoPagination()).toHaveLength(all.length);
  expect(await failureOf(organizations.listOrganizations({ limit: 101 }))).toMatchObject({ status: 422 });
});

test("the sessions of a user are listed with address and browser, and can be revoked", async () => {
  const { userManagement } = workos.sdk;
  const { user } = await signIn(workos, { email: "sessions@example.org" });
  await signIn(workos, { email: "sessions@example.org" });
  const { data } = await userManagement.listSessions(user.id);
  expect(data).toHaveLength(2);
  expect(data[0]).toEqual({
    object: "session",
    id: expect.stringMatching(/^session_/),
    userId: user.id,
    ipAddress: "203.0.113.7",
    userAgent: "Test browser",
    authMethod: "magic_code",
    status: "active",
    expiresAt: expect.any(String),
    endedAt: null,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  const sessionId = data[0]?.id ?? "";
  await userManagement.revokeSession({ sessionId });
  await userManagement.revokeSession({ sessionId });
  expect((await userManagement.listSessions(user.id)).data.map(({ id }) => id)).toEqual([data[1]?.id]);
  expect(await failureOf(userManagement.revokeSession({ sessionId: "session_none" }))).toMatchObject({
    name: "GenericServerException",
    status: 400,
  });
  expect(await failureOf(userManagement.listSessions("user_none"))).toMatchObject({
    name: "NotFoundException",
  });
});

test("signing out ends the session and redirects to the app, also when repeated", async () => {
  const { user, refreshToken } = await signIn(workos, { email: "leaving@example.org" });
  const { userManagement } = workos.sdk;
  const sessionId = (await userManagement.listSessions(user.id)).data[0]?.id ?? "";
  const url = userManagement.getLogoutUrl({ sessionId, returnTo: "http://localhost:8787" });
  for (let i = 0; i < 2; i++) {
    const response = await fetch(url, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "http://localhost:8787/"]);
  }
  expect((await userManagement.listSessions(user.id)).data).toEqual([]);
  expect(await failureOf(userManagement.authenticateWithRefreshToken({ refreshToken }))).toMatchObject({
    error: "invalid_grant",
  });
});

test.each([
  ["no session", "return_to=http://localhost:8787", 422],
  ["another return address", "session_id=s&return_to=https://evil.example", 400],
  ["no return address", "session_id=s", 200],
  ["an unknown session", "session_id=s&return_to=http://localhost:8787", 302],
])("signing out with %s", async (_, query, status) => {
  const response = await fetch(`${workos.url}/user_management/sessions/logout?${query}`, {
    redirect: "manual",
  });
  expect(response.status).toBe(status);
});

test("HEAD of the sign-out URL does not end the session", async () => {
  const { user } = await signIn(workos, { email: "head@example.org" });
  const { userManagement } = workos.sdk;
  const sessionId = (await userManagement.listSessions(user.id)).data[0]?.id ?? "";
  await fetch(userManagement.getLogoutUrl({ sessionId, returnTo: "http://localhost:8787" }), {
    method: "HEAD",
    redirect: "manual",
  });
  expect((await userManagement.listSessions(user.id)).data).toHaveLength(1);
});

test("the active memberships of a user are listed with name and role", async () => {
  const { userManagement } = workos.sdk;
  const { user } = await signIn(workos);
  const { data } = await userManagement.listOrganizationMemberships({ userId: user.id });
  expect(data.map(({ organizationName, role }) => [organizationName, role.slug]).sort()).toEqual([
    ["Acme", "admin"],
    ["Globex", "developer"],
    ["Initech", "viewer"],
  ]);
  const globex = data.find(({ organizationId }) => organizationId === GLOBEX.id);
  await userManagement.deactivateOrganizationMembership(globex?.id ?? "");
  expect((await userManagement.listOrganizationMemberships({ userId: user.id })).data).toHaveLength(2);
  await userManagement.reactivateOrganizationMembership(globex?.id ?? "");
  expect((await userManagement.listOrganizationMemberships({ userId: user.id })).data).toHaveLength(3);
  const neither = await fetch(`${workos.url}/user_management/organization_memberships`, {
    headers: { Authorization: `Bearer ${API_KEY}` },
  });
  expect([neither.status, await neither.json()]).toMatchObject([
    400,
    { code: "missing_user_id_or_organization_id" },
  ]);
});

test("a membership can be created, updated and deleted", async () => {
  const { userManagement } = workos.sdk;
  const { user } = await signIn(workos, { email: "joiner@example.org" });
  const made = await userManagement.createOrganizationMembership({
    userId: user.id,
    organizationId: ACME.id,
    roleSlug: "viewer",
  });
  const changed = await userManagement.updateOrganizationMembership(made.id, { roleSlug: "developer" });
  expect([changed.id, changed.role.slug]).toEqual([made.id, "developer"]);
  await userManagement.deleteOrganizationMembership(made.id);
  expect(await failureOf(userManagement.getOrganizationMembership(made.id))).toMatchObject({ status: 404 });
});

test("a wrong API key is rejected, except on public routes", async () => {
  const sdk = sdkFor(workos.url, { apiKey: "sk_other" });
  expect(await failureOf(sdk.userManagement.getUser("user_1"))).toMatchObject({
    name: "UnauthorizedException",
    status: 401,
  });
  expect((await fetch(sdk.userManagement.getJwksUrl(CLIENT_ID))).status).toBe(200);
  expect((await fetch(sdk.userManagement.getJwksUrl("client_other"))).status).toBe(404);
});

test("unknown paths and methods get 404 in JSON", async () => {
  for (const [method, path] of [
    ["GET", "/user_management/nothing"],
    ["DELETE", "/user_management/authenticate"],
    ["GET", "/user_management/users/%E0%A4%A"],
    ["GET", "//user_management/users"],
    ["POST", "/sso/jwks/client_test"],
  ] as const) {
    const response = await fetch(`${workos.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${API_KEY}` },
    });
    expect([path, response.status, await response.json()]).toEqual([path, 404, { message: "Not Found" }]);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  }
});

test.each([
  ["broken JSON", "application/json", '{"grant_type":', 400],
  ["a list", "application/json", "[]", 400],
  ["an empty body", "application/json", "", 400],
  ["a code that is not a string", "application/json", '{"grant_type":"authorization_code","code":{}}', 400],
  ["an unknown grant", "application/json", '{"grant_type":"password"}', 400],
  ["prototype keys", "application/json", '{"__proto__":{"grant_type":"refresh_token"}}', 400],
  ["a body over the limit", "application/json", JSON.stringify({ code: "x".repeat(70_000) }), 413],
])("the token endpoint responds to %s with a 4xx in JSON", async (_, contentType, body, status) => {
  const response = await fetch(`${workos.url}/user_management/authenticate`, {
    method: "POST",
    headers: { "Content-Type": contentType },
    body,
  });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toContain("application/json");
  await response.json();
});

test("the token endpoint accepts forms, as in OAuth", async () => {
  const { refreshToken } = await signIn(workos);
  const response = await fetch(`${workos.url}/user_management/authenticate`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      client_id: CLIENT_ID,
      client_secret: API_KEY,
      refresh_token: refreshToken,
    }),
  });
  expect(response.status).toBe(200);
});

test("a 422 contains the invalid fields", async () => {
  const response = await fetch(`${workos.url}/user_management/users`, {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ email: "no e-mail", first_name: 7 }),
  });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    code: "invalid_request_parameters",
    errors: expect.arrayContaining([
      expect.objectContaining({ field: "email" }),
      expect.objectContaining({ field: "first_name" }),
    ]),
  });
});

test("a request target that is not a path gets 400, and the emulator keeps running", async () => {
  const { hostname, port } = new URL(workos.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ hostname, port, path: "http://elsewhere.example/x", method: "GET" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(400);
  expect((await fetch(authorizeUrl(workos, newPkce()))).status).toBe(200);
});

test("routes for tests reject requests of web pages", async () => {
  const response = await fetch(`${workos.url}/_local/faults`, {
    method: "DELETE",
    headers: { Origin: "https://evil.example" },
  });
  expect(response.status).toBe(403);
  expect(await local(workos, "GET", "health")).toEqual({ status: "ok" });
});
