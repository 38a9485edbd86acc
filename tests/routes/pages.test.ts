/** Pages for guests and signed-in users, and the session and token endpoints. */
import { beforeAll, describe, expect, it } from "vitest";
import { PERSONS_PAGES } from "../pages.ts";
import { type Browser, jsonOf, locationOf } from "./browser.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Every page for signed-in users. */
const GUARDED = [
  ...PERSONS_PAGES.filter((path) => path !== "/" && path !== "/about"),
  "/dashboard?tab=1&q=a%20b",
  "/projects/any?range=24h", // agents:line
  "/admin/audit?event=login",
];
/** Files, which have no page data, and the path that sign-in returns to. */
const GUARDED_FILES = [
  ["/admin/audit.csv?event=login", "/admin/audit.csv?event=login"],
  ["/settings/account/export", "/settings/account"],
] as const;

const loginFor = (returnTo: string) => `/login?returnTo=${encodeURIComponent(returnTo)}`;

/** Checks that the redirect leads to the sign-in page and returns its `returnTo`. */
function returnToOf(location: URL | null): string | null {
  expect(location?.pathname).toBe("/login");
  return location?.searchParams.get("returnTo") ?? null;
}

describe("for a guest", () => {
  it("the home page welcomes a guest and links to the sign-in page", async () => {
    const answer = await app.browser().get("/");
    expect(answer).toBeSafeHtml();
    expect(answer.text).toContain("Welcome, guest!");
    const links = new Page(answer.text).tags("a").map((link) => link.attributes.href);
    expect(links).toContainEqual(expect.stringMatching(/^\/login(\?|$)/));
  });

  it("the sign-in page links to sign-in and sign-up and keeps returnTo", async () => {
    const answer = await app.browser().get(loginFor("/profile?a=1"));
    expect(answer).toBeSafeHtml();
    const page = new Page(answer.text);
    const href = new URL(page.link("Sign In with WorkOS")?.attributes.href ?? "", APP_URL);
    expect(href.pathname).toBe("/api/auth/login");
    expect(href.searchParams.get("returnTo")).toBe("/profile?a=1");
    const hints = page
      .tags("a")
      .map((link) => new URL(link.attributes.href ?? "", APP_URL).searchParams.get("screenHint"));
    expect(hints).toContain("sign-up");
  });

  it.each([
    "access_denied",
    "sign_in_failed",
    "missing_code",
    "state_mismatch",
    "expired_code",
    "session_expired",
    "session_revoked",
    "something_never_heard_of",
    "__proto__",
    "constructor",
    '"><script>alert(1)</script>',
  ])("the sign-in page explains the error %s", async (code) => {
    const answer = await app.browser().get(`/login?error=${encodeURIComponent(code)}`);
    expect(answer).toBeSafeHtml();
    expect(answer).toSayAlert();
    expect(answer.text).not.toContain("<script>alert(1)");
  });

  it("the sign-in page has no alert without an error", async () => {
    const answer = await app.browser().get("/login");
    expect(new Page(answer.text).role("alert")).toEqual([]);
  });

  it.each([...GUARDED.map((path) => [path, path] as const), ...GUARDED_FILES])(
    "%s redirects to the sign-in page with returnTo %s",
    async (path, returnTo) => {
      const answer = await app.browser().get(path);
      expect(answer).toRedirectTo(loginFor(returnTo));
      expect(answer).toBeForOnePerson();
      expect(returnToOf(locationOf(answer, APP_URL))).toBe(returnTo);
    },
  );

  it.each(GUARDED)(
    "the data of %s redirects to the sign-in page in React Router's encoding",
    async (path) => {
      const answer = await app.browser().data(path);
      expect(answer).toBeForOnePerson();
      expect(answer).toRedirectDataTo(loginFor(path));
    },
  );

  it("the returnTo of a data request is the page's path without _routes", async () => {
    const ada = app.browser();
    await signIn(ada, "ada@example.com");
    const [, route] = /"(routes\/[^"]+)":\s*route2/.exec((await ada.get("/dashboard")).text) ?? [];
    expect(route).toBeDefined();
    const answer = await app
      .browser()
      .data(`/dashboard?tab=1&_routes=root,${encodeURIComponent(route ?? "")}`);
    expect(answer).toRedirectDataTo(loginFor("/dashboard?tab=1"));
  });

  it("a redirect to the sign-in page keeps the notice for the page after it", async () => {
    const { headers } = await app.browser().get("/dashboard", { headers: { cookie: "mosaic-notice=any" } });
    expect(headers.get("location")).toBe(loginFor("/dashboard"));
    expect(headers.getSetCookie()).toEqual([]);
  });

  it("there is no user and no token, and sign-out redirects home", async () => {
    const browser = app.browser();
    const session = await browser.get("/api/auth/session");
    expect(session.status).toBe(200);
    expect(jsonOf(session)).toEqual({ user: null });
    expect(session.headers.get("cache-control")).toContain("no-store");
    const token = await browser.token();
    expect(token.status).toBe(401);
    expect(jsonOf(token)).toEqual({ error: "signed_out" });
    expect(token.headers.get("cache-control")).toContain("no-store");
    expect(await browser.get("/api/auth/logout")).toRedirectTo("/");
    expect(await browser.post("/api/auth/logout")).toRedirectTo("/");
  });

  it("an unknown path returns a 404 page, or JSON under /api/", async () => {
    const page = await app.browser().get("/no/such/page");
    expect(page).toBeSafeHtml(404);
    const api = await app.browser().get("/api/no/such");
    expect(api.status).toBe(404);
    expect(api.headers.get("content-type")).toMatch(/^application\/json/);
    expect(() => jsonOf(api)).not.toThrow();
    expect(api.headers.get("cache-control")).toContain("no-store");
  });
});

describe("for a signed-in user", () => {
  let ada: Browser;
  beforeAll(async () => {
    ada = app.browser();
    await signIn(ada, "ada@example.com");
  });

  it("the home page greets by first name in the initial HTML", async () => {
    const answer = await ada.get("/");
    expect(answer).toBeSafeHtml();
    expect(answer.text).toContain("Welcome back, Ada!");
    expect(answer).toBeForOnePerson();
  });

  it("a user without a first name is greeted by the local part of their e-mail", async () => {
    const browser = app.browser();
    const email = app.person();
    app.outbound.rewrite(
      "workos",
      ({ path }) => path === "/user_management/authenticate",
      (body) => ({
        ...body,
        user: { ...(body.user as object), first_name: null, last_name: null },
      }),
    );
    await signIn(browser, email);
    expect((await browser.get("/")).text).toContain(`Welcome back, ${email.split("@")[0]}!`);
  });

  it.each([
    ["/login", "/dashboard"],
    ["/login?returnTo=%2Fprofile%3Fa%3D1", "/profile?a=1"],
    ["/login?returnTo=https%3A%2F%2Fevil.example%2F", "/dashboard"],
  ])("%s redirects to %s", async (path, target) => {
    const answer = await ada.get(path);
    expect(answer).toRedirectTo(target);
    expect(answer).toBeForOnePerson();
  });

  it("the sign-in page shows an error instead of redirecting", async () => {
    const answer = await ada.get("/login?error=session_expired");
    expect(answer).toBeSafeHtml();
    expect(answer).toSayAlert();
  });

  it.each(["/dashboard", "/profile", "/settings"])(
    "%s renders completely with the user's name",
    async (path) => {
      const answer = await ada.get(path);
      expect(answer).toBeSafeHtml();
      expect(answer).toBeForOnePerson();
      const page = new Page(answer.text);
      expect(page.tags("h1")).toHaveLength(1);
      expect(page.tags("main")).toHaveLength(1);
      expect(page.link("Sign out")?.attributes.href).toBe("/api/auth/logout");
      expect(answer.text).toContain("Ada");
      const current = page.all((element) => element.attributes["aria-current"] === "page");
      expect(current.map(({ attributes }) => attributes.href)).toContain(path);
    },
  );

  it("the session endpoint returns the user without a token", async () => {
    const answer = await ada.get("/api/auth/session");
    const session = jsonOf<Record<string, unknown>>(answer);
    expect(session).toEqual({
      user: {
        id: expect.stringMatching(/^user_/),
        email: "ada@example.com",
        firstName: "Ada",
        lastName: "Lovelace",
        profilePictureUrl: expect.toSatisfy(isPicture),
        emailVerified: true,
      },
      sessionId: expect.stringMatching(/^session_/),
      role: expect.toSatisfy((role: unknown) => role === null || typeof role === "string"),
      organizationId: null,
      expiresAt: expect.any(Number),
      impersonator: null,
    });
    const inSevenDays = Date.now() + 604_800_000;
    expect(Math.abs((session.expiresAt as number) - inSevenDays)).toBeLessThan(60_000);
    expect(answer).toBeForOnePerson();
  });

  it("the token endpoint returns a valid token and its expiry, and nothing else", async () => {
    const answer = await ada.token();
    expect(answer.status).toBe(200);
    const body = jsonOf<{ token: string; expiresAt: number }>(answer);
    expect(Object.keys(body).sort()).toEqual(["expiresAt", "token"]);
    expect(body.expiresAt).toBeGreaterThan(Date.now() + 30_000);
    expect(body.expiresAt).toBeLessThan(Date.now() + 301_000);
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const viewer = await app.convex("query", "users:viewer", {}, body.token);
    expect(await viewer.json()).toMatchObject({ status: "success", value: { email: "ada@example.com" } });
  });

  it("roles come from ADMIN_EMAILS and the role claim, with developer as the default", async () => {
    for (const [email, role] of [
      ["ada@example.com", "admin"],
      ["grace@example.com", "developer"],
      ["alan@example.com", "viewer"],
    ] as const) {
      const browser = app.browser();
      await signIn(browser, email);
      const { token } = jsonOf<{ token: string }>(await browser.token());
      const viewer = await app.convex("query", "users:viewer", {}, token);
      expect(await viewer.json()).toMatchObject({ value: { email, role, status: "active" } });
    }
  });

  it("the 404 page shows the signed-in user", async () => {
    const answer = await ada.get("/no/such/page");
    expect(answer).toBeSafeHtml(404);
    expect(answer).toBeForOnePerson();
    expect(new Page(answer.text).link("Sign out")).toBeDefined();
  });
});

function isPicture(value: unknown): boolean {
  return (
    value === null || (typeof value === "string" && /^(https:|http:\/\/localhost:8787\/|\/)/.test(value))
  );
}
