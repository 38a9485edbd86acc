/** Sign-out: it is final, also during failures and against replayed cookies. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf, locationOf, tokenOf } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate } from "./outbound.ts";
import { isSessionCookie, SESSION, sessionSeal, unseal } from "./seals.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";
import { chooseTheme, themeOf } from "./theme.ts";

/** Tokens in their last minute, so that every page would refresh them. */
const app = startMosaic({ accessTokenSeconds: 45 });

async function signInUser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  return browser;
}

/** Returns whether Convex still accepts the token. */
async function isAccepted(token: string): Promise<boolean> {
  const answer = await app.convex("query", "users:viewer", {}, token);
  const body = (await answer.json().catch(() => null)) as { status?: string } | null;
  return answer.status === 200 && body?.status === "success";
}

/** Returns the code with which Convex rejects the token, or null if it accepts it. */
async function rejectionCode(token: string): Promise<string | null> {
  const answer = await app.convex("query", "users:viewer", {}, token);
  const body = (await answer.json().catch(() => null)) as { errorData?: { code?: string } } | null;
  return body?.errorData?.code ?? null;
}

/** Checks that a kept cookie is rejected everywhere. */
async function expectSignedOut(kept: Browser): Promise<void> {
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
    ["a link on the page", (browser) => browser.get("/api/auth/logout")],
    [
      "a typed address",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": "none" } }),
    ],
    [
      "a client without Sec-Fetch-Site",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": null } }),
    ],
    [
      "a sibling site",
      (browser) => browser.get("/api/auth/logout", { headers: { "sec-fetch-site": "same-site" } }),
    ],
    ["a form", (browser) => browser.submit("/api/auth/logout", {})],
  ];

  it.each(ways)("by %s ends the session and redirects to WorkOS", async (_way, leave) => {
    const browser = await signInUser();
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

  it("by a link on another site asks for confirmation first", async () => {
    const browser = await signInUser();
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
    ["malformed", "garbage"],
    ["forged", `Fe26.2*1*${"a".repeat(64)}*x*x**x*x~2`],
  ])("with a cookie that is %s clears it and redirects home", async (_what, value) => {
    const browser = app.browser();
    browser.jar.put(SESSION, value);
    const answer = await browser.get("/api/auth/logout");
    expect(answer).toRedirectTo("/");
    expect(answer).toClearSession();
  });

  it("succeeds when repeated or in several tabs at once", async () => {
    const browser = await signInUser();
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

  it("succeeds while WorkOS is down", async () => {
    const browser = await signInUser();
    const kept = browser.thief();
    app.outbound.fail("workos", { kind: "refused" });
    const answer = await browser.get("/api/auth/logout");
    expect(answer.status).toBe(302);
    expect(answer).toClearSession();
    await expectSignedOut(kept);
    app.outbound.heal();
    await expectSignedOut(kept);
  });

  it("succeeds in time while WorkOS and Convex hang", async () => {
    const browser = await signInUser();
    const kept = browser.thief();
    app.outbound.fail("workos", { kind: "hang" });
    app.outbound.fail("convex", { kind: "hang" });
    const answer = await browser.get("/api/auth/logout");
    expect(answer.status).toBe(302);
    expect(answer).toClearSession();
    expect(answer.ms).toBeLessThan(3_000);
    app.outbound.heal();
    await expectSignedOut(kept);
  });
});

describe("after signing out", () => {
  it("a replayed cookie gets no token and no data, also after a restart of the worker", async () => {
    const browser = await signInUser();
    const kept = browser.thief();
    await browser.get("/api/auth/logout");
    await expectSignedOut(kept);
    await app.restart();
    await expectSignedOut(kept.at(app.site()));
  });

  it("the cookies from before and after a refresh are both rejected", async () => {
    const browser = await signInUser();
    const before = browser.thief();
    await browser.get("/dashboard");
    const after = browser.thief();
    await browser.get("/api/auth/logout");
    await expectSignedOut(before);
    await expectSignedOut(after);
  });

  it("the refreshed session is over if the cookie from before the refresh signed out", async () => {
    const browser = await signInUser();
    const before = browser.thief();
    await browser.get("/dashboard");
    await before.get("/api/auth/logout");
    await expectSignedOut(browser);
  });

  it("a pending refresh does not restore the session", async () => {
    const browser = await signInUser();
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
    await expectSignedOut(kept);
  });

  it("Convex rejects the token within five seconds", async () => {
    const browser = await signInUser();
    const token = await tokenOf(browser);
    expect(await isAccepted(token)).toBe(true);
    await browser.get("/api/auth/logout");
    await expect.poll(() => isAccepted(token), { timeout: 5_000 }).toBe(false);
  });

  it("the browser keeps its theme", async () => {
    const browser = await signInUser();
    expect((await chooseTheme(browser, "/settings", "Dark")).status).toBe(303);
    await browser.get("/api/auth/logout");
    expect(themeOf((await browser.get("/")).text).attributes).toContain("dark");
  });
});

describe("with Convex down", () => {
  it("sign-out succeeds, and reaches Convex within 15 seconds of its recovery", async () => {
    const [before, after] = [await signInUser(), await signInUser()];
    const tokens = [await tokenOf(before), await tokenOf(after)];
    const kept = before.thief();
    app.outbound.fail("convex", { kind: "refused" });
    const stranger = app.browser();
    await signIn(stranger, app.person());
    // No token is given out before the user is synced, so it comes from the cookie.
    expect((await stranger.token()).status).toBe(503);
    const strange = String((await unseal(sessionSeal(stranger.jar), COOKIE_PASSWORD)).accessToken);
    const left = [await before.get("/api/auth/logout"), await stranger.get("/api/auth/logout")];
    // A restart of the worker loses neither the sign-out nor its delivery.
    await app.restart();
    left.push(await after.at(app.site()).get("/api/auth/logout"));
    for (const answer of left) expect(answer).toClearSession();
    await expectSignedOut(kept.at(app.site()));
    for (const token of tokens) expect(await isAccepted(token)).toBe(true);
    const undelivered = () =>
      app.log.of("auth.logout").flatMap((line) => (line.outcome === "undelivered" ? [line.requestId] : []));
    const ids = left.map(({ headers }) => headers.get("x-request-id"));
    await expect.poll(undelivered).toEqual(expect.arrayContaining(ids));
    app.outbound.heal();
    // The limit counts from the recovery, for each of them.
    const soon = { timeout: 15_000, interval: 250 };
    await Promise.all([
      ...tokens.map((token) => expect.poll(() => isAccepted(token), soon).toBe(false)),
      // Convex was down when this user signed in and learned only of the sign-out.
      expect.poll(() => rejectionCode(strange), soon).toBe("unauthenticated"),
    ]);
  });
});
