/** Switching the organization in a session. Demo data: `packages/workos-local/README.md`. */
import { beforeEach, describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf, locationOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate } from "./outbound.ts";
import { approve, comeBack, refreshesOf, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

const ACME = "org_01LOCALACME000000000000000";
const GLOBEX = "org_01LOCALGLOBEX0000000000000";
const INITECH = "org_01LOCALINITECH000000000000";
const PATH = "/api/auth/organization";

type SessionAnswer = {
  sessionId: string;
  organizationId: string | null;
  role: string | null;
  user: { id: string };
};

let browser: Browser;
let isOwnRefresh: Awaited<ReturnType<typeof refreshesOf>>;

beforeEach(async () => {
  browser = app.browser();
  await signIn(browser, "ada@example.com");
  isOwnRefresh = await refreshesOf(browser);
  app.outbound.forget();
});

const switchTo = (organizationId: string, more: Record<string, string> = {}): Promise<Answer> =>
  browser.submit(PATH, { organizationId, ...more });

const session = async () => jsonOf<SessionAnswer>(await browser.get("/api/auth/session"));

const refreshes = () => app.outbound.count("workos", isOwnRefresh);

/** Calls the WorkOS API directly, as an organization's administrator would. */
async function workos(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${app.workosUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${app.env.WORKOS_API_KEY}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.ok, `${method} ${path} → ${response.status}`).toBe(true);
  return response.status === 200 || response.status === 201 ? response.json().catch(() => null) : null;
}

describe("switching to an organization of the user", () => {
  it("refreshes the token once and keeps the session", async () => {
    const before = await session();
    expect(before).toMatchObject({ organizationId: null, role: null });
    const answer = await switchTo(ACME);
    expect(answer).toRedirectTo("/dashboard", 303);
    expect(answer).toSetSession();
    expect(refreshes()).toBe(1);
    expect(await session()).toMatchObject({
      sessionId: before.sessionId,
      organizationId: ACME,
      role: "admin",
    });
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it("redirects to the form's returnTo if it is a safe path", async () => {
    expect(await switchTo(ACME, { returnTo: "/profile?tab=1" })).toRedirectTo("/profile?tab=1", 303);
    for (const returnTo of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/api/auth/logout",
    ]) {
      expect(await switchTo(ACME, { returnTo })).toRedirectTo("/dashboard", 303);
    }
  });

  it("refreshes once for two concurrent requests, and keeps a page request signed in", async () => {
    const answers = await Promise.all([switchTo(ACME), switchTo(ACME), browser.tab().get("/dashboard")]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 200]);
    expect(refreshes()).toBe(1);
    expect((await session()).organizationId).toBe(ACME);
  });

  it("applies to a browser that never received the response", async () => {
    const old = browser.thief();
    await switchTo(ACME);
    const answer = await old.token({ forceRefresh: true });
    expect(answer.status).toBe(200);
    expect(answer).toSetSession();
    expect(refreshes()).toBe(1);
    expect(jsonOf<SessionAnswer>(await old.get("/api/auth/session")).organizationId).toBe(ACME);
  });
});

describe("an invalid organization", () => {
  it.each([
    ["of other users", GLOBEX],
    ["that does not exist", "org_01NOSUCHORGANIZATION000000"],
  ])("%s returns 403 and changes nothing", async (_, organizationId) => {
    browser = app.browser();
    await signIn(browser, "grace@example.com");
    isOwnRefresh = await refreshesOf(browser);
    app.outbound.forget();
    const answer = await switchTo(organizationId);
    expect(answer).toBeSafeHtml(403);
    expect(answer.text).not.toMatch(/Globex|org_/);
    expect(answer).toLeaveSessionAlone();
    expect(refreshes()).toBe(0);
    expect((await session()).organizationId).toBe(ACME);
  });

  it("of other users is not named by the page of organizations", async () => {
    browser = app.browser();
    await signIn(browser, "grace@example.com");
    const main = async (query: string) => {
      const { text } = await browser.get(`/settings/organization${query}`);
      return new Page(text).tags("main").map(textOf).join();
    };
    expect(await main(`?organizationId=${GLOBEX}`)).toBe(await main(""));
  });

  it("of other users cannot be signed in to", async () => {
    browser = app.browser();
    const flow = await startFlow(browser, `?organizationId=${GLOBEX}`);
    expect(flow.authorizeUrl.searchParams.get("organization_id")).toBe(GLOBEX);
    const answer = await comeBack(browser, await approve(flow, "grace@example.com"));
    expect(answer).toRedirectTo(/^\/login\?error=/);
    expect(jsonOf(await browser.get("/api/auth/session"))).toEqual({ user: null });
  });

  it.each(["", "acme", "org_", "org_a b", `org_${"a".repeat(200)}`, "../org_1"])(
    "with the malformed id %j returns 400",
    async (odd) => {
      const answer = await switchTo(odd);
      expect(answer).toBeSafeHtml(400);
      expect(answer).toLeaveSessionAlone();
      expect(refreshes()).toBe(0);
    },
  );

  it("without an id returns 400", async () => {
    expect((await browser.submit(PATH, {})).status).toBe(400);
    expect(
      (await browser.post(PATH, { body: "{", headers: { "content-type": "application/json" } })).status,
    ).toBe(400);
  });
});

describe("an organization that requires another sign-in", () => {
  it.each([
    ["single sign-on", GLOBEX, "Globex"],
    ["a second factor", INITECH, "Initech"],
  ])("with %s shows a page with a sign-in link", async (_, organizationId, name) => {
    const answer = await switchTo(organizationId, { returnTo: "/profile" });
    expect(answer).toRedirectTo(/^\/settings\/organization\?/, 303);
    expect(answer).toLeaveSessionAlone();
    const page = await browser.get(answer.headers.get("location") ?? "");
    expect(page).toBeSafeHtml();
    const href = new URL(new Page(page.text).link(`Sign in to ${name}`)?.attributes.href ?? "", APP_URL);
    expect(href.pathname).toBe("/api/auth/login");
    expect(Object.fromEntries(href.searchParams)).toEqual({ organizationId, returnTo: "/profile" });
    const login = await browser.get(`${href.pathname}${href.search}`);
    expect(locationOf(login, APP_URL)?.searchParams.get("organization_id")).toBe(organizationId);
    expect((await session()).organizationId).toBeNull();
  });
});

describe("switching the organization", () => {
  it("redirects guests to the sign-in page", async () => {
    expect(await app.browser().submit(PATH, { organizationId: ACME })).toRedirectTo("/login");
    expect(await app.browser().submit(PATH, {})).toRedirectTo("/login");
  });

  it.each(["GET", "HEAD", "PUT", "DELETE"])("is rejected for %s", async (method) => {
    const answer = await browser.send(method, PATH);
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
  });

  it("is rejected for another site", async () => {
    const answer = await browser.post(PATH, {
      form: { organizationId: ACME },
      headers: { origin: "https://evil.example" },
    });
    expect(answer.status).toBe(403);
    expect((await session()).organizationId).toBeNull();
  });

  it.each([
    { kind: "refused" },
    { kind: "status", status: 503 },
    { kind: "hang" },
    { kind: "garbage" },
  ] as const)("returns 503 and keeps the session if WorkOS fails with $kind", async (fault) => {
    app.outbound.fail("workos", fault);
    const answer = await switchTo(ACME);
    expect(answer).toBeSafeHtml(503);
    expect(answer.ms).toBeLessThan(3_000);
    expect(answer).toLeaveSessionAlone();
    app.outbound.heal();
    expect((await session()).organizationId).toBeNull();
    expect(await switchTo(ACME)).toRedirectTo("/dashboard", 303);
  });

  it("returns 503 if WorkOS lists the memberships but does not refresh the token", async () => {
    app.outbound.fail("workos", { kind: "status", status: 500 }, authenticate("refresh_token"));
    expect((await switchTo(ACME)).status).toBe(503);
    app.outbound.heal();
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it("signs out if the session was revoked", async () => {
    const { sessionId } = await session();
    await workos("POST", "/user_management/sessions/revoke", { session_id: sessionId });
    const answer = await switchTo(ACME);
    expect(answer).toRedirectTo(/^\/login\?.*error=session_expired/);
    expect(answer).toClearSession();
  });
});

describe("the organizations page", () => {
  it("lists the user's organizations and the current one", async () => {
    const page = new Page((await browser.get("/settings/organization")).text);
    for (const name of ["Acme", "Globex", "Initech"]) expect(page.button(`Switch to ${name}`)).toBeDefined();
    const form = page.form("Switch to Acme");
    expect(form?.action).toBe(PATH);
    const answer = await browser.submit(PATH, form?.fields ?? {});
    expect(answer).toRedirectTo("/settings/organization", 303);
    const after = new Page((await browser.get("/settings/organization")).text);
    expect(after.button("Switch to Acme")).toBeUndefined();
    expect(after.button("Switch to Globex")).toBeDefined();
  });

  it("says what switching changes, and names organizations by id if WorkOS gives no name", async () => {
    app.outbound.rewrite(
      "workos",
      ({ path }) => path === "/user_management/organization_memberships",
      (body) => ({
        ...body,
        data: (body.data as object[]).map((membership) => ({ ...membership, organization_name: undefined })),
      }),
    );
    const page = new Page((await browser.get("/settings/organization")).text);
    for (const id of [ACME, GLOBEX, INITECH]) expect(page.button(`Switch to ${id}`)).toBeDefined();
    expect(textOf(page.root)).toMatch(/Switching changes the organization, the role and the permissions/);
  });

  it.each([
    ["ada@example.com", 3],
    ["grace@example.com", 1],
    ["alan@example.com", 0],
  ])("is linked in the settings of %s, who has %i, only if there are several", async (email, count) => {
    const user = app.browser();
    await signIn(user, email);
    const settings = new Page((await user.get("/settings")).text);
    expect(settings.link("Organization") !== undefined).toBe(count > 1);
    const page = await user.get("/settings/organization");
    expect(page.text.includes("Switch to")).toBe(count > 1);
  });

  it("does not delay the settings if WorkOS does not answer", async () => {
    app.outbound.fail("workos", { kind: "hang" });
    const answer = await browser.get("/settings");
    expect(answer).toBeSafeHtml();
    expect(answer.ms).toBeLessThan(1_500);
  });

  it("shows an alert if WorkOS does not answer", async () => {
    app.outbound.fail("workos", { kind: "hang" });
    const answer = await browser.get("/settings/organization");
    expect(answer).toBeSafeHtml();
    expect(answer).toSayAlert("WorkOS is not answering");
    expect(answer.ms).toBeLessThan(3_000);
  });
});

it("a user removed from their organization stays signed in without it", async () => {
  const email = app.person();
  const leaver = app.browser();
  const memberships = [{ organizationId: ACME, role: "developer" }];
  await fetch(`${app.workosUrl}/_local/users`, {
    method: "POST",
    body: JSON.stringify({ email, memberships }),
  });
  await signIn(leaver, email);
  expect(await leaver.submit(PATH, { organizationId: ACME })).toRedirectTo("/dashboard", 303);
  const { user } = jsonOf<SessionAnswer>(await leaver.get("/api/auth/session"));
  const list = (await workos("GET", `/user_management/organization_memberships?user_id=${user.id}`)) as {
    data: { id: string }[];
  };
  await workos("DELETE", `/user_management/organization_memberships/${list.data[0]?.id}`);
  expect((await leaver.token({ forceRefresh: true })).status).toBe(200);
  expect(jsonOf<SessionAnswer>(await leaver.get("/api/auth/session"))).toMatchObject({
    organizationId: null,
  });
  expect((await leaver.get("/dashboard")).status).toBe(200);
});
