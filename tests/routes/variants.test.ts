/** Spelling variants of URLs: guards apply to every variant that reaches a route. */
import { beforeEach, describe, expect, it } from "vitest";
import { type Browser, jsonOf, locationOf } from "./browser.ts";
import { flowCookies } from "./flow-cookies.ts";
import { APP_URL } from "./matchers.ts";
import { approve, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Returns variants of a path: case, slashes, percent-encoding, parameters and data requests. */
function variants(path: string): string[] {
  const last = path.at(-1) ?? "";
  const encoded = `%${last.charCodeAt(0).toString(16)}`;
  return [
    `${path}/`,
    path.toUpperCase(),
    `/${path}`,
    path.replaceAll("/", "//"),
    `${path}//`,
    `${path.slice(0, -1)}${encoded}`,
    `${path}.data`,
    `${path.toUpperCase()}.data`,
    `${path}/_.data`,
    `${path}.data/`,
    `/.${path}`,
    `${path}?a=1`,
    `${path};a=1`,
  ];
}

let browser: Browser;

async function expectSignedIn(): Promise<void> {
  expect(jsonOf<{ user: object | null }>(await browser.get("/api/auth/session")).user).not.toBeNull();
  expect((await browser.get("/dashboard")).status).toBe(200);
}

describe("the sign-out path written as", () => {
  beforeEach(async () => {
    browser = app.browser();
    await signIn(browser, app.person());
  });

  it.each(variants("/api/auth/logout"))(
    "%s does not sign out for HEAD, prefetches or another site",
    async (path) => {
      for (const [method, headers] of [
        ["HEAD", {}],
        ["GET", { "sec-purpose": "prefetch" }],
        ["GET", { purpose: "prefetch" }],
        ["GET", { "sec-fetch-site": "cross-site" }],
        ["POST", { origin: "https://evil.example" }],
        ["POST", { origin: null, "sec-fetch-site": "cross-site" }],
        ["PUT", {}],
        ["DELETE", {}],
      ] as [string, Record<string, string | null>][]) {
        const answer = await browser.send(method, path, { headers });
        expect(answer.status, `${method} ${JSON.stringify(headers)}`).toBeLessThan(500);
        expect(answer).not.toClearSession();
      }
      await expectSignedIn();
    },
  );
});

describe("the token path written as", () => {
  it.each(variants("/api/auth/token"))(
    "%s gives no token to guests, other sites or other methods",
    async (path) => {
      browser = app.browser();
      await signIn(browser, app.person());
      for (const [method, headers] of [
        ["GET", {}],
        ["HEAD", {}],
        ["PUT", {}],
        ["POST", { origin: "https://evil.example" }],
        ["POST", { origin: "null" }],
      ] as [string, Record<string, string | null>][]) {
        const answer = await browser.send(method, path, { headers });
        expect([302, 400, 403, 404, 405], `${method} ${path} → ${answer.status}`).toContain(answer.status);
        expect(answer.text).not.toContain("eyJ");
      }
      expect((await app.browser().post(path, { json: {} })).text).not.toContain("eyJ");
    },
  );
});

describe("the sign-in path written as", () => {
  it.each(variants("/api/auth/login"))("%s sets no cookie for HEAD or prefetches", async (path) => {
    for (const [method, headers] of [
      ["HEAD", {}],
      ["GET", { "sec-purpose": "prefetch" }],
    ] as [string, Record<string, string>][]) {
      const answer = await app.browser().send(method, path, { headers });
      expect(answer.status).toBeLessThan(500);
      expect(answer).toSetNoCookie();
    }
  });
});

describe("the callback path written as", () => {
  it.each(variants("/callback"))(
    "%s keeps the flow for HEAD and prefetches, and causes no server error",
    async (path) => {
      const visitor = app.browser();
      const callback = await approve(await startFlow(visitor), app.person());
      const query = callback.slice(callback.indexOf("?") + 1);
      const written = `${path}${path.includes("?") ? "&" : "?"}${query}`;
      const kept = flowCookies(visitor.jar).length;
      for (const [method, headers] of [
        ["HEAD", {}],
        ["GET", { "sec-purpose": "prefetch" }],
      ] as [string, Record<string, string>][]) {
        expect((await visitor.send(method, written, { headers })).status).toBeLessThan(500);
        expect(flowCookies(visitor.jar)).toHaveLength(kept);
      }
      expect((await visitor.get(written)).status).toBeLessThan(500);
    },
  );
});

describe("a guarded page written as", () => {
  it.each([...variants("/dashboard"), ...variants("/profile"), ...variants("/settings")])(
    "%s shows nothing to a guest",
    async (path) => {
      const answer = await app.browser().get(path);
      expect(answer.status).toBeLessThan(500);
      const location = locationOf(answer, APP_URL);
      if (location !== null) expect(location.origin).toBe(APP_URL);
      if (answer.status === 200)
        expect(answer.text).not.toMatch(/<h1[^>]*>(Dashboard|Profile|Settings)|First name|Save/);
      if (answer.status === 202) expect(answer.text).toContain("/login");
    },
  );

  it.each(variants("/dashboard"))("%s is private to one user", async (path) => {
    browser = app.browser();
    await signIn(browser, app.person());
    const answer = await browser.get(path);
    expect(answer.status).toBeLessThan(500);
    expect(answer).toBeForOnePerson();
  });
});

describe("a request that React Router handles itself", () => {
  it.each(["/__manifest?paths=%2Fdashboard&version=x", "/__manifest?p=/dashboard&version=x"])(
    "%s does not cause a server error",
    async (path) => {
      const answer = await app.browser().get(path);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it("a form sent as a data request gets a data response with the same guards", async () => {
    browser = app.browser();
    await signIn(browser, app.person());
    const good = await browser.post("/profile.data", { form: { firstName: "Ann", lastName: "" } });
    expect(good.status).toBe(202);
    expect(good).toBeForOnePerson();
    const bad = await browser.post("/profile.data", { form: { firstName: "x".repeat(101), lastName: "" } });
    expect([400, 422]).toContain(bad.status);
    const guest = await app.browser().post("/profile.data", { form: { firstName: "Eve", lastName: "" } });
    expect(guest.status).toBe(202);
    expect(guest.text).toContain("/login");
  });
});
