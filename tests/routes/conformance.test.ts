/**
 * The app against a WorkOS emulator through WorkOS's public API alone: sign-in, refresh, organization switch,
 * sessions, webhooks, sign-out and deletion. Normally ours; `npm run conformance -- URL` uses another one.
 */
import { decodeJwt } from "jose";
import { beforeAll, expect, it } from "vitest";
import { type Browser, locationOf, tokenOf, whoIs } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { APP_URL } from "./matchers.ts";
import { sessionSeal, unseal } from "./seals.ts";
import { comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const { CONFORMANCE_URL, CONFORMANCE_API_KEY = "sk_test_default" } = process.env;
const foreign = CONFORMANCE_URL ? { url: CONFORMANCE_URL, apiKey: CONFORMANCE_API_KEY } : undefined;
const app = startMosaic({ webhooks: true, workos: foreign });

type Resource = { id: string; [field: string]: unknown };

async function workos(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${app.workosUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${app.env.WORKOS_API_KEY}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function create(path: string, body: object): Promise<Resource> {
  const answer = await workos("POST", path, body);
  expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
  return (await answer.json()) as Resource;
}

/** Signs in with a login hint: some emulators return the code at once, others ask on a page. */
async function signIn(email: string): Promise<Browser> {
  const browser = app.browser();
  const { authorizeUrl } = await startFlow(browser, `?loginHint=${encodeURIComponent(email)}`);
  const atOnce = await fetch(authorizeUrl, { redirect: "manual" });
  const answer =
    atOnce.status === 302
      ? atOnce
      : await fetch(authorizeUrl, {
          method: "POST",
          redirect: "manual",
          body: new URLSearchParams({ email }),
        });
  const back = new URL(answer.headers.get("location") ?? "");
  expect(await comeBack(browser, `${back.pathname}${back.search}`)).toRedirectTo("/");
  return browser;
}

/** Returns the current user's row in Convex. */
async function inConvex(browser: Browser): Promise<Record<string, unknown>> {
  const answer = await app.convex("query", "users:viewer", {}, await tokenOf(browser));
  const { value } = (await answer.json()) as { value: Record<string, unknown> };
  return value;
}

const sessionsOf = async (userId: string) => {
  const answer = await workos("GET", `/user_management/users/${userId}/sessions`);
  const { data } = (await answer.json()) as { data: { id: string; status: string }[] };
  return data.filter(({ status }) => status === "active").map(({ id }) => id);
};

const email = `conformance-${Date.now()}@example.com`;
let user: Resource;
let browser: Browser;

beforeAll(async () => {
  user = await create("/user_management/users", { email, first_name: "Ann", email_verified: true });
  browser = await signIn(email);
});

it("signs in: the session, its row in Convex, and the claims of the token", async () => {
  const who = await whoIs(browser);
  expect(who.user).toMatchObject({ id: user.id, email, firstName: "Ann", emailVerified: true });
  expect(await inConvex(browser)).toMatchObject({ email, status: "active" });
  expect(decodeJwt(await tokenOf(browser))).toMatchObject({ sub: user.id, sid: who.sessionId });
  expect(await sessionsOf(user.id)).toEqual([who.sessionId]);
});

it("refreshes: a new token for the same session, which Convex accepts", async () => {
  const before = await tokenOf(browser);
  const { refreshToken } = await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD);
  // Claims have whole seconds, and a token is not random.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await browser.token({ forceRefresh: true })).status).toBe(200);
  const after = await tokenOf(browser);
  expect(after).not.toBe(before);
  expect(decodeJwt(after).sid).toBe(decodeJwt(before).sid);
  expect(await inConvex(browser)).toMatchObject({ email });
  expect((await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD)).refreshToken).not.toBe(refreshToken);
});

it("rejects an unknown refresh token with invalid_grant, and an unknown code too", async () => {
  const client = { client_id: app.env.WORKOS_CLIENT_ID, client_secret: app.env.WORKOS_API_KEY };
  for (const grant of [
    { grant_type: "refresh_token", refresh_token: "unknown" },
    { grant_type: "authorization_code", code: "unknown", code_verifier: "x".repeat(43) },
  ]) {
    const answer = await workos("POST", "/user_management/authenticate", { ...client, ...grant });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_grant" }]);
  }
});

it("delivers user.updated to Convex", async () => {
  await workos("PUT", `/user_management/users/${user.id}`, { first_name: "Anna" });
  await expect.poll(() => inConvex(browser)).toMatchObject({ firstName: "Anna" });
});

it("lists sessions, and a session revoked at WorkOS ends here", async () => {
  const other = await signIn(email);
  const { sessionId } = await whoIs(other);
  expect(await sessionsOf(user.id)).toContain(sessionId);
  expect((await browser.get("/settings/sessions")).status).toBe(200);
  await workos("POST", "/user_management/sessions/revoke", { session_id: sessionId });
  await expect.poll(async () => (await other.get("/dashboard")).headers.get("location")).toContain("/login?");
  expect((await browser.get("/dashboard")).status).toBe(200);
});

it("signs out at WorkOS too, which redirects back", async () => {
  const other = await signIn(email);
  const { sessionId } = await whoIs(other);
  const answer = await other.post("/api/auth/logout");
  const logout = locationOf(answer, APP_URL)?.href ?? "";
  const back = await fetch(logout, { redirect: "manual" });
  expect([back.status, new URL(back.headers.get("location") ?? "").origin]).toEqual([302, APP_URL]);
  expect(await sessionsOf(user.id)).not.toContain(sessionId);
});

// After the sign-ins: emulators differ in how a user with several organizations chooses one.
it("switches the organization: the token names it, and the page lists both", async () => {
  const [one, two] = [
    await create("/organizations", { name: `One ${user.id}` }),
    await create("/organizations", { name: `Two ${user.id}` }),
  ];
  for (const { id } of [one, two]) {
    await create("/user_management/organization_memberships", { user_id: user.id, organization_id: id });
  }
  // By id if the emulator gives no names.
  const { text } = await browser.get("/settings/organization");
  for (const [id, name] of [
    [one.id, "One"],
    [two.id, "Two"],
  ]) {
    expect(text).toMatch(new RegExp(`Switch to (${id}|${name} ${user.id})`));
  }
  const answer = await browser.submit("/api/auth/organization", { organizationId: two.id });
  expect(answer).toRedirectTo("/dashboard", 303);
  expect((await whoIs(browser)).organizationId).toBe(two.id);
  expect(decodeJwt(await tokenOf(browser)).org_id).toBe(two.id);
  expect(await inConvex(browser)).toMatchObject({ email });
});

it("a user deleted at WorkOS is signed out, and user.deleted empties the row", async () => {
  const token = await tokenOf(browser);
  await workos("DELETE", `/user_management/users/${user.id}`);
  await expect
    .poll(async () => (await app.convex("query", "users:viewer", {}, token)).json())
    .toMatchObject({ errorData: { code: "unauthenticated" } });
  expect(await browser.get("/dashboard")).toRedirectTo(/^\/login/);
  expect((await workos("GET", `/user_management/users/${user.id}`)).status).toBe(404);
});
