/** Sign-ins that start outside the app, and messages if WorkOS requires a further step. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, locationOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate } from "./outbound.ts";
import { comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Opens the sign-in page that a response redirects to. */
async function openLogin(browser: Browser, answer: Answer): Promise<Answer> {
  const location = locationOf(answer, APP_URL);
  expect(location?.pathname).toBe("/login");
  return browser.get(`${location?.pathname}${location?.search}`);
}

/** Returns the targets of a page's links by their text. */
function linksOf(answer: Answer): Record<string, string> {
  const links = new Page(answer.text).tags("a").map((link) => [textOf(link), link.attributes.href ?? ""]);
  return Object.fromEntries(links);
}

/** Signs in at WorkOS with these fields and opens the callback. */
async function comeBackWith(browser: Browser, fields: Record<string, string>): Promise<Answer> {
  const flow = await startFlow(browser, "?returnTo=%2Fprofile");
  const body = new URLSearchParams({ email: app.person(), ...fields });
  const answer = await fetch(flow.authorizeUrl, { method: "POST", redirect: "manual", body });
  const back = new URL(answer.headers.get("location") ?? "");
  return comeBack(browser, `${back.pathname}${back.search}`);
}

describe("a sign-in that starts outside the app", () => {
  it("is not finished, and the page has a link that continues it", async () => {
    for (const browser of [app.browser(), app.browser()]) {
      const answer = await comeBackWith(browser, { way: "idp_initiated" });
      expect(answer).toRedirectTo("/login?error=started_elsewhere");
      expect(answer).not.toSetSession();
      expect(app.outbound.count("workos", authenticate())).toBe(0);
      const login = await openLogin(browser, answer);
      expect(login).toSayAlert("started outside this app");
      expect(linksOf(login)["Continue signing in"]).toBe("/api/auth/login");
    }
  });

  it("keeps an existing session", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const answer = await comeBack(browser, "/callback?code=abc");
    expect(answer).toRedirectTo("/login?error=started_elsewhere");
    expect(answer).toLeaveSessionAlone();
    expect((await browser.get("/dashboard")).status).toBe(200);
  });
});

describe("error=idp_initiated_sso_disabled", () => {
  const path = (query: string) => `/callback?error=idp_initiated_sso_disabled&${query}`;

  it.each([
    ["organization_id=org_01ABC", "organizationId=org_01ABC"],
    ["connection_id=conn_01ABC", "connectionId=conn_01ABC"],
    ["connection_id=conn_01ABC&organization_id=org_01ABC", "organizationId=org_01ABC"],
    ["connection_id=conn_01ABC&organization_id=bad", "connectionId=conn_01ABC"],
  ])("with %s starts the sign-in here, once a minute", async (query, expected) => {
    const browser = app.browser();
    const answer = await comeBack(browser, path(query));
    expect(answer).toRedirectTo(`/api/auth/login?${expected}`);
    expect(answer.setCookies.find(({ name }) => name === "wos-restart")).toMatchObject({
      httpOnly: true,
      sameSite: "Lax",
      maxAge: 60,
    });
    const flow = await browser.get(`/api/auth/login?${expected}`);
    expect(locationOf(flow, APP_URL)?.href).toContain(expected.split("=")[1]);
    expect(await comeBack(browser, path(query))).toRedirectTo("/login?error=sign_in_failed");
  });

  it.each([
    "",
    "organization_id=",
    "organization_id=org_",
    "organization_id=conn_01ABC",
    "organization_id=org_a%2F..%2Fx",
    `organization_id=org_${"a".repeat(61)}`,
    "connection_id=conn_%0d%0a",
  ])("with %j is a failed sign-in", async (query) => {
    const answer = await comeBack(app.browser(), path(query));
    expect(answer).toRedirectTo("/login?error=sign_in_failed");
    expect(answer).toSetNoCookie();
  });
});

describe("a rejection that says what WorkOS requires", () => {
  it.each([
    ["sso_required", /single sign-on/, "Sign in with single sign-on", /connectionId=conn_\w+$/],
    ["mfa_enrollment", /second factor/, "Sign in and set up a second factor", /returnTo=%2Fprofile$/],
    ["mfa_challenge", /second factor/, "Sign in with a second factor", /returnTo=%2Fprofile$/],
  ])("%s is explained, with a link that satisfies it", async (outcome, words, label, target) => {
    const browser = app.browser();
    const answer = await comeBackWith(browser, { outcome });
    expect(answer).toRedirectTo(/^\/login\?error=sign_in_failed&returnTo=%2Fprofile&reason=/);
    const login = await openLogin(browser, answer);
    expect(login).toSayAlert(words);
    const to = linksOf(login)[label] ?? "";
    expect(to).toMatch(/^\/api\/auth\/login\?returnTo=%2Fprofile/);
    expect(to).toMatch(target);
    expect(locationOf(await browser.get(to), APP_URL)?.pathname).toBe("/user_management/authorize");
  });

  it("organization_selection_required offers each organization", async () => {
    const browser = app.browser();
    const answer = await comeBackWith(browser, {
      email: "ada@example.com",
      outcome: "organization_selection_required",
    });
    const login = await openLogin(browser, answer);
    expect(login).toSayAlert(/more than one organization/);
    const targets = Object.values(linksOf(login)).filter((to) => to.includes("organizationId="));
    expect(targets).toHaveLength(3);
    const authorize = locationOf(await browser.get(targets[0] ?? ""), APP_URL);
    expect(authorize?.searchParams.get("organization_id")).toMatch(/^org_/);
  });

  it("email_verification_required says to open the message", async () => {
    const browser = app.browser();
    const { state } = await startFlow(browser);
    const body = JSON.stringify({ code: "email_verification_required", email_verification_id: "x" });
    app.outbound.fail("workos", { kind: "status", status: 403, body }, authenticate());
    const answer = await comeBack(browser, `/callback?code=x&state=${state}`);
    expect(await openLogin(browser, answer)).toSayAlert(/Open the message from WorkOS/);
  });

  it("cannot be made up: unknown reasons and malformed ids are ignored", async () => {
    const browser = app.browser();
    const login = await browser.get(
      "/login?error=sign_in_failed&reason=toString&connectionId=conn_1&organizationId=org_1",
    );
    expect(login).toSayAlert(/Signing in did not work/);
    const bad = "reason=sso_required&connectionId=https://evil.example&organizationId=%3Cb%3E";
    const links = linksOf(await browser.get(`/login?error=sign_in_failed&${bad}`));
    expect(links["Sign in with single sign-on"]).toBe("/api/auth/login");
  });
});
