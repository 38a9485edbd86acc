/** The sign-in page, in a browser and for scripts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACME, GLOBEX, INITECH } from "../src/demo-users.ts";
import {
  authorizeUrl,
  CLIENT_ID,
  failureOf,
  local,
  locationOf,
  newPkce,
  REDIRECT_URI,
  type RunningWorkOS,
  runningWorkOS,
  signIn,
  submit,
} from "./running-workos.ts";

let workos: RunningWorkOS;
beforeAll(async () => {
  workos = await runningWorkOS();
});
afterAll(() => workos.close());

const pageAt = async (url: string) => {
  const response = await fetch(url, { redirect: "manual" });
  return { response, text: await response.text() };
};

/** Returns the authorize URL with changed parameters; null removes one. */
function changed(parameters: Record<string, string | null>): string {
  const url = new URL(authorizeUrl(workos, newPkce()));
  for (const [name, value] of Object.entries(parameters))
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  return url.href;
}

test("the page identifies itself, and has a button for each demo user and each failure", async () => {
  const { response, text } = await pageAt(authorizeUrl(workos, newPkce()));
  expect(response.status).toBe(200);
  expect(text).toContain("<strong>Local emulator</strong>");
  for (const name of [
    "ada@example.com",
    "grace@example.com",
    "alan@example.com",
    "Access denied",
    "Expired code",
    "Server down",
  ])
    expect(text).toMatch(new RegExp(`<button [^>]*>${name}</button>`));
  expect(text).toContain('<label for="email">E-mail</label>');
  expect(text).not.toContain("<script");
});

test("the content security policy allows only the form's redirect to the app", async () => {
  const { response } = await pageAt(authorizeUrl(workos, newPkce()));
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("form-action 'self' http://localhost:8787;");
  expect(policy).toMatch(/default-src 'none'; style-src 'sha256-[^']+';/);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("sign-up changes the heading, and a login hint fills the field", async () => {
  const { text } = await pageAt(
    authorizeUrl(workos, newPkce(), { screenHint: "sign-up", loginHint: '"><b>x@example.org' }),
  );
  expect(text).toContain("<h1>Create an account</h1>");
  expect(text).toContain('value="&quot;&gt;&lt;b&gt;x@example.org"');
});

test("a posted email redirects to the redirect URI with a code and the same state", async () => {
  const response = await submit(authorizeUrl(workos, newPkce()), { email: "ada@example.com" });
  expect(response.status).toBe(302);
  const location = locationOf(response);
  expect(location.origin + location.pathname).toBe(REDIRECT_URI);
  expect(location.searchParams.get("state")).toBe("the state");
  expect(location.searchParams.get("code")).toMatch(/^[\w-]{43}$/);
});

test("the form accepts a typed email, and the email of a button", async () => {
  const typed = await submit(authorizeUrl(workos, newPkce()), {
    typed_email: "someone@example.org",
    way: "plain",
  });
  expect(locationOf(typed).searchParams.has("code")).toBe(true);
  const pressed = await signIn(workos, {
    typed_email: "typed@example.org",
    email: "grace@example.com",
    way: "plain",
  });
  expect(pressed.user.email).toBe("grace@example.com");
});

test.each(["", "not an email", "a@b", "x@example.com\r\nLocation: evil"])(
  "%j is rejected with a message at the field",
  async (email) => {
    const response = await submit(authorizeUrl(workos, newPkce()), { email });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('role="alert"');
    expect(text).toContain('aria-invalid="true"');
  },
);

test("denied access redirects with an error and the state", async () => {
  const location = locationOf(await submit(authorizeUrl(workos, newPkce()), { choice: "denied" }));
  expect(Object.fromEntries(location.searchParams)).toEqual({
    error: "access_denied",
    error_description: expect.any(String),
    state: "the state",
  });
});

test.each([
  ["another client", { client_id: "client_other" }],
  ["no client", { client_id: null }],
  ["no redirect URI", { redirect_uri: null }],
  ["a redirect URI elsewhere", { redirect_uri: "https://evil.example/callback" }],
  ["a redirect URI that only looks local", { redirect_uri: "http://localhost.evil.example/callback" }],
  ["a user name before the host", { redirect_uri: "http://localhost@evil.example/" }],
  ["a script", { redirect_uri: "javascript:alert(1)//localhost" }],
  ["a relative redirect URI", { redirect_uri: "/callback" }],
])("%s gets an error page without a redirect", async (_, parameters) => {
  for (const response of [
    await fetch(changed(parameters), { redirect: "manual" }),
    await submit(changed(parameters), { email: "ada@example.com" }),
  ]) {
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
    expect(await response.text()).toContain("Local emulator");
  }
});

test.each([
  ["another response type", { response_type: "token" }, "unsupported_response_type"],
  ["another provider", { provider: "GoogleOAuth" }, "invalid_request"],
  ["no provider", { provider: null }, "invalid_request"],
  ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
  ["a challenge without its method", { code_challenge_method: null }, "invalid_request"],
  ["a malformed challenge", { code_challenge: "short" }, "invalid_request"],
  ["an unknown organization", { organization_id: "org_none" }, "organization_invalid"],
])("%s redirects to the app with an error", async (_, parameters, error) => {
  const location = locationOf(await fetch(changed(parameters), { redirect: "manual" }));
  expect(location.origin).toBe("http://localhost:8787");
  expect(location.searchParams.get("error")).toBe(error);
  expect(location.searchParams.get("state")).toBe("the state");
});

test.each([
  "http://127.0.0.1:9000/callback",
  "http://[::1]:9000/callback",
  "https://localhost/callback?kept=1",
])("accepts the loopback redirect URI %s", async (redirectUri) => {
  const location = locationOf(
    await submit(changed({ redirect_uri: redirectUri }), { email: "ada@example.com" }),
  );
  expect(location.href.startsWith(redirectUri)).toBe(true);
  expect(location.searchParams.has("code")).toBe(true);
});

test("with registered redirect URIs, rejects all others", async () => {
  await local(workos, "PUT", "settings", { redirectUris: ["https://app.example/callback"] });
  const registered = await fetch(changed({ redirect_uri: "https://app.example/callback" }));
  const loopback = await fetch(changed({}));
  await local(workos, "DELETE", "settings");
  expect([registered.status, loopback.status]).toEqual([200, 400]);
});

test("the second factor is a step of the page, and the app gets a normal code", async () => {
  const url = authorizeUrl(workos, newPkce());
  const step = await submit(url, { email: "grace@example.com", way: "mfa" });
  const text = await step.text();
  const token = /name="second_factor_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
  const wrong = await submit(url, { second_factor_token: token, code: "000000" });
  expect(wrong.status).toBe(400);
  const right = await submit(url, { second_factor_token: token, code: "123456" });
  expect(locationOf(right).searchParams.has("code")).toBe(true);
  const again = await submit(url, { second_factor_token: token, code: "123456" });
  expect(again.status).toBe(200);
});

test("a requested organization becomes that of the session, and the page meets its requirements", async () => {
  const acme = await signIn(workos, { email: "grace@example.com" }, { organizationId: ACME.id });
  expect(acme).toMatchObject({ organizationId: ACME.id, authenticationMethod: "MagicAuth" });

  const globex = await signIn(workos, { email: "ada@example.com" }, { organizationId: GLOBEX.id });
  expect(globex).toMatchObject({ organizationId: GLOBEX.id, authenticationMethod: "SSO" });
  const scoped = await workos.sdk.userManagement.authenticateWithRefreshToken({
    refreshToken: globex.refreshToken,
    organizationId: GLOBEX.id,
  });
  expect(scoped.organizationId).toBe(GLOBEX.id);

  const initech = await submit(authorizeUrl(workos, newPkce(), { organizationId: INITECH.id }), {
    email: "ada@example.com",
  });
  expect(await initech.text()).toContain("Enter your code");
});

test("a user who is not a member of the requested organization is denied", async () => {
  const response = await submit(authorizeUrl(workos, newPkce(), { organizationId: ACME.id }), {
    email: "alan@example.com",
  });
  expect(locationOf(response).searchParams.get("error")).toBe("access_denied");
});

test("single sign-on adds any user to the organization", async () => {
  const answer = await signIn(workos, { email: "employee@example.org", way: "sso" });
  expect(answer).toMatchObject({ organizationId: GLOBEX.id, authenticationMethod: "SSO" });
});

test("a code reveals nothing about the user and works only with its verifier", async () => {
  const location = locationOf(await submit(authorizeUrl(workos, newPkce()), { email: "ada@example.com" }));
  expect(location.href).not.toMatch(/ada(@|%40)/);
  expect(location.href).not.toContain(CLIENT_ID);
  const failure = await failureOf(
    workos.sdk.userManagement.authenticateWithCode({
      code: location.searchParams.get("code") ?? "",
      codeVerifier: newPkce().verifier,
    }),
  );
  expect(failure.error).toBe("invalid_grant");
});
