/** Sign-out is final: with a token that has run out, with everything down, against a replayed cookie. */
import { describe, expect, it } from "vitest";
import { tokenOf } from "./asks.ts";
import { type Browser, jsonOf, locationOf } from "./browser.ts";
import { startMosaic } from "./harness.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate } from "./outbound.ts";
import { isSessionCookie, SESSION } from "./seals.ts";
import { signIn } from "./sign-in.ts";
import { chooseTheme, themeOf } from "./theme.ts";

/** Tokens within their last minute: every page would refresh. */
const app = startMosaic({ accessTokenSeconds: 45 });

async function someone(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  return browser;
}

/** Whether Convex itself still takes the token. */
async function isTaken(token: string): Promise<boolean> {
  const answer = await app.convex("query", "users:viewer", {}, token);
  const body = (await answer.json().catch(() => null)) as { status?: string } | null;
  return answer.status === 200 && body?.status === "success";
}

/** The code with which Convex refuses the token; null where it takes it. */
async function refusal(token: string): Promise<string | null> {
  const answer = await app.convex("query", "users:viewer", {}, token);
  const body = (await answer.json().catch(() => null)) as { errorData?: { code?: string } } | null;
  return body?.errorData?.code ?? null;
}

/** That a cookie that was kept opens nothing any more. */
async function expectDead(kept: Browser): Promise<void> {
  const token = await kept.thief().token();
  expect(token.status).toBe(401);
  expect(token).not.toSetSession();
  for (const path of ["/dashboard", "/profile", "/settings"]) {
    const page = await kept.thief().get(path);
    expect(page).toRedirectTo(/^\/login\?/);
    expect(page).not.toSetSession();
  }
  expect((await kept.thief().data("/dashboard")).status).toBe(202);
  const home = await kept.thief().get("/");
  expect(home.text).not.toContain("Welcome back");
  expect(home).not.toSetSession();
  expect(jsonOf(await kept.thief().get("/api/auth/session"))).toEqual({ user: null });
  const forced = await kept.thief().token({ forceRefresh: true });
  expect(forced.status).toBe(401);
}

describe("signing out", () => {
  const ways: [string, (browser: Browser) => ReturnType<Browser["get"]>][] = [
    ["a link of the page", (browser) => browser.get("/api/auth/logout")],
    [
      "a typed address",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": "none" } }),
    ],
    [
      "a client that says nothing",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": null } }),
    ],
    [
      "a sibling site",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": "same-site" } }),
    ],
    ["a form", (browser) => browser.submit("/api/auth/logout", {})],
  ];

  it.each(ways)("by %s ends the session here and goes on to WorkOS", async (_way, leave) => {
    const browser = await someone();
    const { sessionId } = jsonOf<{ sessionId: string }>(await browser.get("/api/auth/session"));
    const answer = await leave(browser);
    expect(answer.status).toBe(302);
    const location = locationOf(answer, APP_URL);
    expect(`${location?.origin}${location?.pathname}`).toBe(
      `${app.workosUrl}/user_management/sessions/logout`,
    );
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      session_id: sessionId,
      return_to: APP_URL,
    });
    expect(answer).toClearSession();
    expect(answer).toBeForOnePerson();
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
    expect((await browser.get("/")).text).toContain("Welcome, guest!");
    expect(await app.log.line(({ event }) => event === "auth.logout")).toMatchObject({ level: "info" });
  });

  it("by a link of another site asks first, and does nothing", async () => {
    const browser = await someone();
    const answer = await browser.get("/api/auth/logout", { headers: { "sec-fetch-site": "cross-site" } });
    expect(answer).toBeSafeHtml(200);
    expect(answer).not.toClearSession();
    const form = new Page(answer.text)
      .tags("form")
      .find((one) => one.attributes.method?.toLowerCase() === "post");
    expect(new URL(form?.attributes.action ?? "", `${APP_URL}/api/auth/logout`).pathname).toBe(
      "/api/auth/logout",
    );
    expect((await browser.get("/dashboard")).status).toBe(200);
    expect((await browser.submit("/api/auth/logout", {})).status).toBe(302);
  });

  it.each([
    ["broken", "garbage"],
    ["of another key", `Fe26.2*1*${"a".repeat(64)}*x*x**x*x~2`],
  ])("with a cookie that is %s leads home and clears it", async (_what, value) => {
    const browser = app.browser();
    browser.jar.put(SESSION, value);
    const answer = await browser.get("/api/auth/logout");
    expect(answer).toRedirectTo("/");
    expect(answer).toClearSession();
  });

  it("twice, or at once in two tabs, is no error", async () => {
    const browser = await someone();
    const kept = browser.thief();
    const answers = await Promise.all(
      [kept.thief(), kept.thief(), kept.thief()].map((tab) => tab.get("/api/auth/logout")),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(302);
      expect(answer).toClearSession();
    }
    expect((await kept.thief().get("/api/auth/logout")).status).toBe(302);
  });

  it("asks WorkOS for nothing that could fail: it works with WorkOS down", async () => {
    const browser = await someone();
    const kept = browser.thief();
    app.outbound.fail("workos", { kind: "refused" });
    const answer = await browser.get("/api/auth/logout");
    expect(answer.status).toBe(302);
    expect(answer).toClearSession();
    await expectDead(kept);
    app.outbound.heal();
    await expectDead(kept);
  });

  it("works with WorkOS and Convex hanging, in time", async () => {
    const browser = await someone();
    const kept = browser.thief();
    app.outbound.fail("workos", { kind: "hang" });
    app.outbound.fail("convex", { kind: "hang" });
    const answer = await browser.get("/api/auth/logout");
    expect(answer.status).toBe(302);
    expect(answer).toClearSession();
    expect(answer.ms).toBeLessThan(3_000);
    app.outbound.heal();
    await expectDead(kept);
  });
});

describe("after signing out", () => {
  it("the cookie, replayed, gets no token and no data, from a worker started anew neither", async () => {
    const browser = await someone();
    const kept = browser.thief();
    await browser.get("/api/auth/logout");
    await expectDead(kept);
    await app.restart();
    await expectDead(kept.at(app.site()));
  });

  it("a cookie from before a refresh, and the one from after, are both dead", async () => {
    const browser = await someone();
    const before = browser.thief();
    await browser.get("/dashboard");
    const after = browser.thief();
    await browser.get("/api/auth/logout");
    await expectDead(before);
    await expectDead(after);
  });

  it("signing out with the cookie from before a refresh ends the refreshed session", async () => {
    const browser = await someone();
    const before = browser.thief();
    await browser.get("/dashboard");
    await before.get("/api/auth/logout");
    await expectDead(browser);
  });

  it("a refresh still under way does not bring the session back", async () => {
    const browser = await someone();
    const kept = browser.thief();
    const held = app.outbound.hold("workos", authenticate("refresh_token"));
    const page = browser.thief().get("/dashboard");
    await held.arrived;
    const left = await browser.get("/api/auth/logout");
    held.release();
    expect(left.status).toBe(302);
    expect(left.ms).toBeLessThan(3_000);
    const late = await page;
    expect(late.status).toBeLessThan(500);
    expect(late).not.toSetSession();
    await expectDead(kept);
  });

  it("Convex refuses the token within five seconds", async () => {
    const browser = await someone();
    const token = await tokenOf(browser);
    expect(await isTaken(token)).toBe(true);
    await browser.get("/api/auth/logout");
    await expect.poll(() => isTaken(token), { timeout: 5_000 }).toBe(false);
  });

  it("the theme stays", async () => {
    const browser = await someone();
    expect((await chooseTheme(browser, "/settings", "Dark")).status).toBe(303);
    await browser.get("/api/auth/logout");
    expect(themeOf((await browser.get("/")).text).attributes).toContain("dark");
  });
});

describe("with Convex down", () => {
  it("the session is over all the same, and Convex hears of it within fifteen seconds of answering", async () => {
    const [before, after] = [await someone(), await someone()];
    const tokens = [await tokenOf(before), await tokenOf(after)];
    const kept = before.thief();
    app.outbound.fail("convex", { kind: "refused" });
    const stranger = app.browser();
    await signIn(stranger, app.person());
    const strange = await tokenOf(stranger);
    const left = [await before.get("/api/auth/logout"), await stranger.get("/api/auth/logout")];
    // A restart of the worker loses neither the end of a session nor its delivery.
    await app.restart();
    left.push(await after.at(app.site()).get("/api/auth/logout"));
    for (const answer of left) expect(answer).toClearSession();
    await expectDead(kept.at(app.site()));
    for (const token of tokens) expect(await isTaken(token)).toBe(true);
    const undelivered = () =>
      app.log.of("auth.logout").flatMap((line) => (line.outcome === "undelivered" ? [line.requestId] : []));
    const ids = left.map(({ headers }) => headers.get("x-request-id"));
    await expect.poll(undelivered).toEqual(expect.arrayContaining(ids));
    app.outbound.heal();
    for (const token of tokens) {
      await expect.poll(() => isTaken(token), { timeout: 15_000, interval: 250 }).toBe(false);
    }
    // Of this one Convex has heard nothing but that the session is over.
    await expect.poll(() => refusal(strange), { timeout: 5_000, interval: 250 }).toBe("unauthenticated");
  });
});
