/** `returnTo`: paths on this origin are kept, everything else is dropped. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, locationOf } from "./browser.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

const UNSAFE = [
  "https://evil.example/",
  "https:evil",
  "https:/evil",
  "http:evil.example",
  "//evil",
  "//evil.example/x",
  "///evil",
  "/\\evil",
  "\\\\evil",
  "\\/evil",
  "/%5Cevil",
  "/%5cevil.example",
  "/%09/evil",
  "/\t/evil",
  "/\n/evil",
  "/\r\n/evil",
  "/a\r\nSet-Cookie: x=1",
  "/\u0000/evil",
  "/%00",
  "/%0d%0aSet-Cookie:x=1",
  "/\u0085x",
  "/%C2%85x",
  "/%25C2%2585x",
  "/%85x",
  "/%7f",
  "/profile?x=%C2%85",
  "/.//evil",
  "/./%2fevil",
  "/..//evil",
  "/%2e%2e//evil",
  "/%2e//evil",
  "/a/..//evil",
  "/%2f/evil",
  "/%2Fevil.example",
  " //evil",
  "\u00a0//evil",
  "\u2028//evil",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil",
  "evil.example/x",
  "?x=1",
  "#x",
  "@evil.example",
  ".evil.example",
  "http://localhost:8787@evil.example/",
  "http://localhost:8788/",
  "/api/auth/logout",
  "/api/auth",
  "/API/Auth/logout",
  "/api//auth/logout",
  "//api/auth/logout",
  "/api/auth/logout.data",
  "/api/./auth/logout",
  "/x/../api/auth/logout",
  "/api/%61uth/logout",
  "/%61pi/auth/login",
  "/callback",
  "/callback?code=x",
  "/Callback",
  "/callback/",
  "/callback.data",
  "/./callback",
  "/%63allback",
  `/${"a".repeat(2_000)}`,
  `/a?b=${"c".repeat(2_500)}`,
];

const SAFE = [
  "/",
  "/profile",
  "/dashboard?tab=1&q=a%20b",
  "/callbacks",
  "/api/authors",
  "/projects/x%20y",
  "/projects/%C3%A9",
  "/dashboard?next=https%3A%2F%2Fexample.com%2F",
  `/${"a".repeat(1_990)}`,
];

const shown = (path: string) =>
  path.length > 60 ? `${path.slice(0, 20)}… (${path.length} characters)` : path;

describe("a signed-in user at /login", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = app.browser();
    await signIn(browser, app.person());
  });

  it.each(UNSAFE.map((path) => [shown(path), path]))("is not redirected to %j", async (_shown, path) => {
    const answer = await browser.get(`/login?returnTo=${encodeURIComponent(path)}`);
    expect(answer).toRedirectTo("/dashboard");
  });

  it.each(SAFE.map((path) => [shown(path), path]))("is redirected to %j", async (_shown, path) => {
    expect(await browser.get(`/login?returnTo=${encodeURIComponent(path)}`)).toRedirectTo(path);
  });
});

describe("the sign-in page", () => {
  it.each(UNSAFE.map((path) => [shown(path), path]))("drops the unsafe returnTo %j", async (_shown, path) => {
    const answer = await app.browser().get(`/login?returnTo=${encodeURIComponent(path)}`);
    expect(answer.status).toBe(200);
    const href = new URL(new Page(answer.text).link("Sign In with WorkOS")?.attributes.href ?? "", APP_URL);
    expect(href.origin).toBe(APP_URL);
    expect(href.searchParams.get("returnTo") ?? "/").toBe("/");
  });

  it.each(["/%E0%A4%A", "/%zz", "/profile?x=%zz"])("renders with the malformed returnTo %s", async (path) => {
    const answer = await app.browser().get(`/login?returnTo=${encodeURIComponent(path)}`);
    expect(answer.status).toBe(200);
  });

  it("ignores a second returnTo and other parameters", async () => {
    const answer = await app.browser().get("/login?returnTo=%2Fprofile&returnTo=%2F%2Fevil&next=%2F%2Fevil");
    expect(answer.text).not.toContain("evil");
  });
});

describe("a sign-in with an unsafe returnTo", () => {
  it.each([
    "//evil",
    "/\\evil",
    "/%09/evil",
    "/.//evil",
    "/%2e%2e//evil",
    "https:evil",
    "/api/auth/logout",
    "/CALLBACK",
  ])("(%s) redirects to the home page", async (path) => {
    const answer = await signIn(app.browser(), app.person(), `?returnTo=${encodeURIComponent(path)}`);
    expect(answer).toRedirectTo("/");
  });

  it("(not encoded) redirects to the home page", async () => {
    expect(await signIn(app.browser(), app.person(), "?returnTo=/%09/evil")).toRedirectTo("/");
    expect(await signIn(app.browser(), app.person(), "?returnTo=//evil")).toRedirectTo("/");
  });
});

describe("a guarded path", () => {
  it.each([["//evil/dashboard"], ["/dashboard/..//evil"], ["/%09/evil"]])(
    "%s does not redirect to another site",
    async (path) => {
      const answer = await app.browser().get(path);
      expect(answer.status).toBeLessThan(500);
      const location = locationOf(answer, APP_URL);
      if (location !== null) expect(location.origin).toBe(APP_URL);
    },
  );
});
