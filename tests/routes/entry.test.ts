/** Who may enter: sign-in, sessions and refreshes of a Mosaic for one organization and some e-mail domains. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf, locationOf, tokenOf } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { ACME, organizationOf } from "./organization-members.ts";
import { authenticate, calls } from "./outbound.ts";
import { isSessionCookie, sessionSeal, unseal } from "./seals.ts";
import { comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const GLOBEX = "org_01LOCALGLOBEX0000000000000";
const RULE = { WORKOS_ORGANIZATION_ID: ACME, ALLOWED_EMAIL_DOMAINS: "example.com" };

const app = startMosaic({
  env: { ...RULE, ACCESS_CONTACT: "it-support@example.com" },
  convexEnv: { WORKOS_ORGANIZATION_ID: ACME, ALLOWED_EMAIL_DOMAINS: "example.com,elsewhere.example" },
});

const { workos, member, signInFor, enter } = organizationOf(app, ACME);

async function viewer(token: string): Promise<unknown> {
  const answer = await app.convex("query", "users:viewer", {}, token);
  const { status, value, errorData } = (await answer.json()) as {
    status: string;
    value?: unknown;
    errorData?: { code: string };
  };
  return status === "success" ? value : errorData?.code;
}

describe("a sign-in by a user who may not enter", () => {
  it.each([
    ["is not in the organization", GLOBEX, {}, "organization", "not a member of its organization"],
    ["signs in without an organization", null, {}, "organization", "not a member of its organization"],
    ["has no verified e-mail", ACME, { email_verified: false }, "email", "verify your email"],
    [
      "has an e-mail of another domain",
      ACME,
      { email: "mallory@other.example" },
      "email",
      "not in an allowed domain",
    ],
  ])("gets 403 and no session if the user %s", async (_what, organizationId, change, reason, text) => {
    const person = await member(organizationId, change);
    const email = "email" in change ? String(change.email) : person.email;
    const browser = app.browser();
    const answer = await signInFor(browser, { ...person, email }, organizationId);
    expect(answer).toBeSafeHtml(403);
    const page = new Page(answer.text);
    expect(textOf(page.tags("title")[0] as never)).toMatch(/^No access/);
    expect(page.tags("h1").map(textOf)).toEqual(["No access"]);
    const main = page.tags("main").map(textOf).join();
    expect(main).toContain(`${email} may not use this Mosaic`);
    expect(main).toContain(text);
    expect(main).toContain("Ask it-support@example.com");
    expect(answer.text).not.toMatch(/Sign out|org_|Acme|Globex/);
    const leave = page.tags("a").find((link) => textOf(link) === "Use another account");
    const address = new URL(leave?.attributes.href?.replaceAll("&amp;", "&") ?? "");
    expect(address.href).toMatch(`${app.workosUrl}/user_management/sessions/logout?session_id=session_`);
    expect(address.searchParams.get("return_to")).toBe("http://localhost:8787");
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
    const line = await app.log.line(
      ({ event, outcome }) => event === "auth.callback" && outcome === "not_allowed",
    );
    expect(line).toMatchObject({ reason });
    expect(app.outbound.count("convex")).toBe(0);
  });

  it("keeps a session that the browser has, and shows nothing of it", async () => {
    const browser = await enter(await member());
    const mallory = await member(GLOBEX);
    const answer = await signInFor(browser, mallory, GLOBEX);
    expect(answer).toBeSafeHtml(403);
    expect(answer.text).not.toContain("Sign out");
    expect(answer.setCookies.filter(isSessionCookie)).toEqual([]);
    expect((await browser.get("/dashboard")).status).toBe(200);
  });
});

describe("a session", () => {
  it("of a user who satisfies the configuration works, also in Convex", async () => {
    const person = await member();
    const browser = await enter(person);
    expect((await browser.get("/dashboard")).status).toBe(200);
    expect(await viewer(await tokenOf(browser))).toMatchObject({ email: person.email });
  });

  it("that no longer satisfies the configuration ends at its next use, in Convex too", async () => {
    const [first, second, third] = [
      await enter(await member()),
      await enter(await member()),
      await enter(await member()),
    ];
    const [token, stolen] = [await tokenOf(first), first.thief()];
    await app.restart({ ALLOWED_EMAIL_DOMAINS: "elsewhere.example" });
    const [one, two, three] = [first, second, third].map((browser) => browser.at(app.site())) as [
      Browser,
      Browser,
      Browser,
    ];
    expect((await one.send("HEAD", "/dashboard")).setCookies).toEqual([]);
    expect(await viewer(token)).toMatchObject({ status: "active" });
    const page = await one.get("/dashboard");
    expect(page).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect(page).toClearSession();
    const asked = await two.post("/api/auth/token", { json: {} });
    expect([asked.status, jsonOf(asked)]).toEqual([401, { error: "signed_out" }]);
    expect(asked).toClearSession();
    expect(jsonOf(await three.get("/api/auth/session"))).toEqual({ user: null });
    expect(app.outbound.count("convex", calls("pages:"))).toBe(0);
    await expect.poll(() => viewer(token)).toBe("unauthenticated");
    await app.restart();
    // It does not live again when the configuration is changed back.
    const again = stolen.at(app.site());
    expect(await again.get("/dashboard")).toRedirectTo(/^\/login/);
    expect((await again.post("/api/auth/token", { json: {} })).status).toBe(401);
  });

  it("of the organization that was configured before ends at its next use, in Convex too", async () => {
    const [page, tab] = [await enter(await member()), await enter(await member())];
    const tokens = [await tokenOf(page), await tokenOf(tab)];
    const moved = await app.another({ WORKOS_ORGANIZATION_ID: GLOBEX });
    const answer = await page.at(moved).get("/dashboard");
    expect(answer).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect(answer).toClearSession();
    const asked = await tab.at(moved).token();
    expect([asked.status, jsonOf(asked)]).toEqual([401, { error: "signed_out" }]);
    expect(asked).toClearSession();
    for (const token of tokens) await expect.poll(() => viewer(token)).toBe("unauthenticated");
  });

  it("ends when a refresh brings another organization", async () => {
    const browser = await enter(await member());
    const [token, stolen] = [await tokenOf(browser), browser.thief()];
    await app.workosSettings({ claims: { org_id: GLOBEX } });
    const answer = await browser.token({ forceRefresh: true });
    await app.workosSettings({ claims: null });
    expect([answer.status, jsonOf(answer)]).toEqual([401, { error: "signed_out" }]);
    expect(answer).toClearSession();
    await expect.poll(() => viewer(token)).toBe("unauthenticated");
    expect(await stolen.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
  });

  it("ends when a refresh brings an e-mail that is not allowed", async () => {
    const person = await member();
    const browser = await enter(person);
    const token = await tokenOf(browser);
    await workos("PUT", `/user_management/users/${person.id}`, { email: `${person.id}@other.example` });
    const answer = await browser.post("/api/auth/token", { json: { forceRefresh: true } });
    expect([answer.status, jsonOf(answer)]).toEqual([401, { error: "signed_out" }]);
    expect(answer).toClearSession();
    await expect.poll(() => viewer(token)).toBe("unauthenticated");
  });

  it("is never refreshed without the organization", async () => {
    const person = await member();
    const browser = await enter(person);
    const held = app.outbound.hold("workos", authenticate("refresh_token"));
    const asking = browser.post("/api/auth/token", { json: { forceRefresh: true } });
    await held.arrived;
    // The membership ends while the refresh is under way.
    const list = `/user_management/organization_memberships?user_id=${person.id}`;
    const { data } = (await workos("GET", list)) as unknown as { data: [{ id: string }] };
    await workos("PUT", `/user_management/organization_memberships/${data[0].id}/deactivate`);
    held.release();
    expect((await asking).status).not.toBe(200);
    const bodies = app.outbound.requests
      .filter((sent) => sent.what === "refresh_token")
      .map(({ body }) => body);
    expect(bodies.every((body) => body.includes(ACME))).toBe(true);
    expect(await browser.get("/dashboard")).toRedirectTo(/^\/login/);
  });
});

it("another organization in a switch is rejected without a call to WorkOS", async () => {
  const browser = await enter(await member());
  app.outbound.forget();
  const answer = await browser.post("/api/auth/organization", { form: { organizationId: GLOBEX } });
  expect(answer.status).toBe(403);
  expect(app.outbound.count("workos")).toBe(0);
});

it.each([
  `organizationId=${GLOBEX}`,
  `organization_id=${GLOBEX}`,
  "connectionId=conn_01X",
  "connection_id=conn_01X",
  `connectionId=conn_01X&organizationId=${GLOBEX}`,
])("a sign-in with %s is for the configured organization, by its own connection", async (query) => {
  const answer = await app.browser().get(`/api/auth/login?${query}`);
  const asked = locationOf(answer, APP_URL)?.searchParams;
  expect(asked?.getAll("organization_id")).toEqual([ACME]);
  expect(asked?.getAll("connection_id")).toEqual([]);
  expect(asked?.get("provider")).toBe("authkit");
});

it.each([`organization_id=${GLOBEX}`, "connection_id=conn_01X"])(
  "a sign-in that restarts because of idp_initiated_sso_disabled with %s is for the configured organization",
  async (query) => {
    const browser = app.browser();
    const restart = await comeBack(browser, `/callback?error=idp_initiated_sso_disabled&${query}`);
    expect(restart).toRedirectTo(/^\/api\/auth\/login\?/);
    const { authorizeUrl } = await startFlow(browser, locationOf(restart, APP_URL)?.search);
    expect(authorizeUrl.searchParams.get("organization_id")).toBe(ACME);
    expect(authorizeUrl.searchParams.has("connection_id")).toBe(false);
  },
);

it("the page of organizations says that there is none to switch to, whatever the address names", async () => {
  const person = await member();
  await workos("POST", "/user_management/organization_memberships", {
    ...{ user_id: person.id, organization_id: GLOBEX, role_slug: "developer" },
  });
  const browser = await enter(person);
  for (const query of ["", `?organizationId=${GLOBEX}`]) {
    const answer = await browser.get(`/settings/organization${query}`);
    expect(answer).toBeSafeHtml();
    const main = new Page(answer.text).tags("main").map(textOf).join();
    expect(main).toContain("Only members of one organization may use this Mosaic");
    expect(main).not.toMatch(/Switch to|Sign in|Globex/);
  }
  expect(new Page((await browser.get("/settings")).text).link("Organization")).toBeUndefined();
});

describe("a sign-in while Convex is down", () => {
  it("gives out no token before the user is synced, and then works", async () => {
    const person = await member();
    const browser = app.browser();
    app.outbound.fail("convex", { kind: "refused" });
    expect(await signInFor(browser, person, ACME)).toSetSession();
    const answer = await browser.post("/api/auth/token", { json: {} });
    expect([answer.status, jsonOf(answer)]).toEqual([503, { error: "unavailable" }]);
    expect((await browser.get("/dashboard")).status).toBe(200);
    app.outbound.heal();
    const tab = browser.thief();
    expect(await viewer(await tokenOf(browser))).toMatchObject({ email: person.email });
    expect(await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD)).toMatchObject({ syncPending: false });
    // The answer that recorded it may be lost: it is synced again, and the sign-in is logged once.
    const page = await tab.get("/settings/activity");
    expect(page.text.match(/Signed in(?!\s+to)/g)?.length).toBe(1);
  });

  it("takes forms too", async () => {
    const person = await member();
    const browser = app.browser();
    app.outbound.fail("convex", { kind: "refused" });
    await signInFor(browser, person, ACME);
    app.outbound.heal();
    const answer = await browser.post("/profile", { form: { firstName: "First" } });
    expect(answer.status).toBe(303);
  });
});
