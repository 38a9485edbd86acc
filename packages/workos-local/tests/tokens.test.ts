/** The grants through the SDK. */
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACME, GLOBEX, INITECH } from "../src/demo-users.ts";
import {
  CLIENT_ID,
  codeFor,
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

const verified = async (token: string) => {
  const keys = createRemoteJWKSet(new URL(workos.sdk.userManagement.getJwksUrl(CLIENT_ID)));
  return (await jwtVerify(token, keys, { algorithms: ["RS256"] })).payload;
};

test("a code is exchanged for a user, a session and tokens with the documented claims", async () => {
  const answer = await signIn(workos);
  expect(answer.user).toMatchObject({
    object: "user",
    email: "ada@example.com",
    emailVerified: true,
    firstName: "Ada",
    lastName: "Lovelace",
    profilePictureUrl: null,
  });
  expect(answer.organizationId).toBeUndefined();
  expect(answer.impersonator).toBeUndefined();
  const claims = await verified(answer.accessToken);
  expect(claims).toEqual({
    iss: `${workos.url}/user_management/${CLIENT_ID}`,
    sub: answer.user.id,
    sid: expect.stringMatching(/^session_[0-9A-Z]{26}$/),
    jti: expect.any(String),
    client_id: CLIENT_ID,
    iat: expect.any(Number),
    exp: expect.any(Number),
  });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
});

test("the issuer is the address of the request, so that a proxy works", async () => {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { email: "ada@example.com" });
  const through = sdkFor(workos.url.replace("127.0.0.1", "localhost"));
  const { accessToken } = await through.userManagement.authenticateWithCode({
    code,
    codeVerifier: pkce.verifier,
  });
  expect((await verified(accessToken)).iss).toBe(
    `${workos.url.replace("127.0.0.1", "localhost")}/user_management/${CLIENT_ID}`,
  );
});

test("a custom issuer applies to sign-ins and refreshes until it is reset", async () => {
  const issuer = "https://auth.example.com/";
  await local(workos, "PUT", "settings", { issuer });
  const { accessToken, refreshToken } = await signIn(workos);
  const refreshed = await workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
  for (const token of [accessToken, refreshed.accessToken]) expect((await verified(token)).iss).toBe(issuer);
  await local(workos, "DELETE", "settings");
  expect((await verified((await signIn(workos)).accessToken)).iss).toContain(workos.url);
});

test("the token of Alan has the role viewer without an organization", async () => {
  const { accessToken, organizationId } = await signIn(workos, { email: "alan@example.com" });
  expect(organizationId).toBeUndefined();
  expect(await verified(accessToken)).toMatchObject({
    role: "viewer",
    roles: ["viewer"],
    permissions: ["projects:read"],
  });
});

test("a new email creates a verified user without a name, and the same one next time", async () => {
  const first = await signIn(workos, { email: "new.person@example.org" });
  expect(first.user).toMatchObject({ firstName: null, lastName: null, name: null, emailVerified: true });
  const second = await signIn(workos, { email: " New.Person@example.org " });
  expect(second.user.id).toBe(first.user.id);
});

test("a code works once", async () => {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { email: "ada@example.com" });
  const exchange = () =>
    workos.sdk.userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier });
  await exchange();
  expect(await failureOf(exchange())).toMatchObject({
    name: "OauthException",
    status: 400,
    error: "invalid_grant",
  });
});

test.each([
  ["a wrong verifier", newPkce().verifier],
  ["no verifier", undefined],
  ["a malformed verifier", "short"],
])("a code with %s is rejected and spent", async (_, codeVerifier) => {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { email: "ada@example.com" });
  const wrong = await failureOf(workos.sdk.userManagement.authenticateWithCode({ code, codeVerifier }));
  expect(wrong).toMatchObject({ name: "OauthException", status: 400, error: "invalid_grant" });
  const right = workos.sdk.userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier });
  expect(await failureOf(right)).toMatchObject({ error: "invalid_grant" });
});

test("the button for an expired code returns one", async () => {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { choice: "expired" });
  const failure = await failureOf(
    workos.sdk.userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier }),
  );
  expect(failure).toMatchObject({ name: "OauthException", error: "invalid_grant" });
});

test("a wrong client id or API key is invalid_client and does not spend the code", async () => {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { email: "ada@example.com" });
  for (const wrong of [{ clientId: "client_other" }, { apiKey: "sk_other" }]) {
    const sdk = sdkFor(workos.url, wrong);
    const failure = await failureOf(
      sdk.userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier }),
    );
    expect(failure).toMatchObject({ name: "OauthException", status: 400, error: "invalid_client" });
  }
  await workos.sdk.userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier });
});

test("a refresh keeps the session and returns new tokens", async () => {
  const first = await signIn(workos);
  const second = await workos.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken: first.refreshToken,
  });
  expect(second.accessToken).not.toBe(first.accessToken);
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect((await verified(second.accessToken)).sid).toBe((await verified(first.accessToken)).sid);
  expect(second.user.id).toBe(first.user.id);
});

test("claims can be set and removed, as in tokens without a client id", async () => {
  await local(workos, "PUT", "settings", { claims: { client_id: null, aud: "api" } });
  const { accessToken } = await signIn(workos);
  await local(workos, "DELETE", "settings");
  const claims = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ aud: "api", sid: expect.any(String) });
  expect(claims).not.toHaveProperty("client_id");
});

test("an unknown refresh token, one of an ended session and one of a deleted user are invalid_grant", async () => {
  const refresh = (refreshToken: string) =>
    failureOf(workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken }));
  expect(await refresh("made up")).toMatchObject({ error: "invalid_grant" });

  const ended = await signIn(workos, { email: "ended@example.org" });
  const { data } = await workos.sdk.userManagement.listSessions(ended.user.id);
  await workos.sdk.userManagement.revokeSession({ sessionId: data[0]?.id ?? "" });
  expect(await refresh(ended.refreshToken)).toMatchObject({
    error: "invalid_grant",
    errorDescription: "Session has already ended.",
  });

  const deleted = await signIn(workos, { email: "deleted@example.org" });
  await workos.sdk.userManagement.deleteUser(deleted.user.id);
  expect(await refresh(deleted.refreshToken)).toMatchObject({ error: "invalid_grant" });
});

test("a refresh for an organization has its claims, and the session keeps it", async () => {
  const { refreshToken } = await signIn(workos);
  const scoped = await workos.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken,
    organizationId: ACME.id,
  });
  expect(scoped.organizationId).toBe(ACME.id);
  expect(await verified(scoped.accessToken)).toMatchObject({
    org_id: ACME.id,
    role: "admin",
    permissions: expect.arrayContaining(["users:manage"]),
  });
  const next = await workos.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken: scoped.refreshToken,
  });
  expect(next.organizationId).toBe(ACME.id);
});

test("a rejected organization does not spend the refresh token", async () => {
  const { refreshToken } = await signIn(workos);
  const refresh = (organizationId: string) =>
    failureOf(workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken, organizationId }));
  expect(await refresh("org_none")).toMatchObject({
    name: "OauthException",
    status: 400,
    error: "organization_not_found",
  });
  const other = await workos.sdk.organizations.createOrganization({ name: "Elsewhere" });
  expect(await refresh(other.id)).toMatchObject({
    name: "OauthException",
    status: 400,
    error: "organization_membership_not_found",
  });
  expect(await refresh(GLOBEX.id)).toMatchObject({
    name: "AuthenticationException",
    status: 400,
    code: "sso_required",
    rawData: { error: "sso_required", email: "ada@example.com", connection_ids: [expect.any(String)] },
  });
  expect(await refresh(INITECH.id)).toMatchObject({
    name: "AuthenticationException",
    status: 400,
    code: "mfa_enrollment",
    rawData: { error: "mfa_enrollment" },
  });
  await workos.sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
});

test("an impersonated session has its impersonator in the response, the token and the list", async () => {
  const answer = await signIn(workos, { email: "grace@example.com", way: "impersonated" });
  const impersonator = { email: "support@example.com", reason: expect.any(String) };
  expect(answer).toMatchObject({ impersonator, authenticationMethod: "Impersonation" });
  expect(await verified(answer.accessToken)).toMatchObject({ act: { sub: "support@example.com" } });
  const { data } = await workos.sdk.userManagement.listSessions(answer.user.id);
  expect(data[0]).toMatchObject({ impersonator, authMethod: "impersonation" });
  const next = await workos.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken: answer.refreshToken,
  });
  expect(next).toMatchObject({ impersonator });
});

test.each([
  ["mfa_enrollment", 403, {}],
  ["mfa_challenge", 403, { authentication_factors: [{ type: "totp" }] }],
  [
    "organization_selection_required",
    403,
    { organizations: expect.arrayContaining([{ id: ACME.id, name: "Acme" }]) },
  ],
  ["sso_required", 400, { connection_ids: [expect.any(String)], email: "ada@example.com" }],
])("the exchange can respond with %s as WorkOS does", async (outcome, status, rawData) => {
  const failure = await failureOf(signIn(workos, { email: "ada@example.com", outcome }));
  expect(failure).toMatchObject({
    name: "AuthenticationException",
    status,
    code: outcome,
    pendingAuthenticationToken: expect.any(String),
    rawData,
  });
});

test("the button for a server that is down makes only that exchange fail", async () => {
  expect(await failureOf(signIn(workos, { choice: "down" }))).toMatchObject({
    name: "GenericServerException",
    status: 503,
  });
  await signIn(workos);
});

test("a new signing key is published, and tokens of the old one stay valid", async () => {
  const before = await signIn(workos);
  await local(workos, "POST", "signing-keys");
  const after = await signIn(workos);
  expect(decodeProtectedHeader(after.accessToken).kid).not.toBe(
    decodeProtectedHeader(before.accessToken).kid,
  );
  await verified(before.accessToken);
  await verified(after.accessToken);
});
