/** Configuration: invalid values, and cookies and headers over https. */
import { describe, expect, it } from "vitest";
import { type Answer, Browser } from "./browser.ts";
import { APP_URL } from "./matchers.ts";
import { isSessionCookie } from "./seals.ts";
import { approve, comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const heard: Answer[] = [];

describe("an invalid configuration", () => {
  it.each([
    ["a missing API key", { WORKOS_API_KEY: "" }, ["WORKOS_API_KEY"]],
    [
      "several invalid values",
      {
        APP_URL: "http://mosaic.example",
        CONVEX_URL: "",
        CONVEX_EDGE_SECRET: "value_1",
        WORKOS_CLIENT_ID: "value_1",
        WORKOS_COOKIE_PASSWORD: `{"a":"${"value_1".repeat(6)}"}`,
        SENTRY_DSN: "value_1",
      },
      [
        "APP_URL",
        "CONVEX_URL",
        "CONVEX_EDGE_SECRET",
        "WORKOS_CLIENT_ID",
        "WORKOS_COOKIE_PASSWORD",
        "SENTRY_DSN",
      ],
    ],
  ] as [string, Record<string, string>, string[]][])(
    "(%s) returns 500 without details, and the log names each variable",
    async (_what, env, names) => {
      app.log.forget();
      const site = await app.another(env, (answer) => heard.push(answer));
      const browser = new Browser({ ...site, appUrl: APP_URL }, "10.30.0.1");
      for (const path of ["/", "/healthz", "/api/auth/session"]) {
        const answer = await browser.get(path);
        expect(answer.status, path).toBe(500);
        expect(answer.headers.get("x-request-id")).toMatch(/^[\w-]+$/);
        expect(answer.headers.get("cache-control")).toContain("no-store");
        for (const word of [...names, "value_1"]) expect(answer.text).not.toContain(word);
        expect(answer.setCookies).toEqual([]);
      }
      const line = await app.log.line(
        (one) => one.level === "error" && names.every((name) => JSON.stringify(one).includes(name)),
      );
      expect(JSON.stringify(line)).not.toContain("value_1");
      await app.log.line((one) => one.event === "request" && one.route === "/healthz" && one.status === 500);
    },
  );
});

describe("https", () => {
  it("marks every cookie Secure and sends HSTS", async () => {
    const site = await app.another({ APP_URL: "https://localhost:8443" });
    const browser = app.browser(site);
    const flow = await startFlow(browser);
    expect(flow.authorizeUrl.searchParams.get("redirect_uri")).toBe("https://localhost:8443/callback");
    for (const cookie of browser.jar.all()) expect(cookie.secure, cookie.name).toBe(true);
    const answer = await comeBack(browser, await approve(flow, app.person()));
    expect(answer).toSetSession();
    for (const cookie of answer.setCookies) expect(cookie.secure, cookie.name).toBe(true);
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(200);
    const seconds = Number(/max-age=(\d+)/.exec(page.headers.get("strict-transport-security") ?? "")?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(63_072_000);
    const posted = await browser.token();
    expect(posted.status).toBe(200);
    const left = await browser.get("/api/auth/logout");
    expect(left.headers.get("location")).toContain(encodeURIComponent("https://localhost:8443"));
    for (const cookie of left.setCookies) expect(cookie.secure, cookie.name).toBe(true);
  });

  it("with the prefix __Host- reads and writes only prefixed cookies", async () => {
    const site = await app.another({ APP_URL: "https://localhost:8443", COOKIE_PREFIX: "__Host-" });
    const browser = app.browser(site);
    const flow = await startFlow(browser);
    await comeBack(browser, await approve(flow, app.person()));
    const session = browser.jar.all().filter(isSessionCookie);
    expect(session.map(({ name }) => name)).toEqual(["__Host-wos-session"]);
    for (const cookie of session) expect(cookie).toMatchObject({ secure: true, path: "/", domain: null });
    expect((await browser.get("/dashboard")).status).toBe(200);
    const value = session[0]?.value ?? "";
    const other = app.browser(site);
    other.jar.put("wos-session", value);
    expect((await other.get("/dashboard")).status).toBe(302);
  });

  it("is not required on loopback: http cookies are not Secure, and no HSTS is sent", async () => {
    const browser = app.browser();
    await startFlow(browser);
    for (const cookie of browser.jar.all()) expect(cookie.secure).toBe(false);
    expect((await browser.get("/")).headers.get("strict-transport-security")).toBeNull();
  });
});
