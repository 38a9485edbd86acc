/** Refreshes whose response is late or lost, and rejections of a session's organization. */
import { beforeEach, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import type { OutboundRequest } from "./outbound.ts";
import { sessionSeal, unseal } from "./seals.ts";
import { refreshesOf, signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic({ accessTokenSeconds: 45 });
/** More than the longest time between two tries. */
const NEXT_TRY_MS = 20_000;

type User = { browser: Browser; refreshes: (request: OutboundRequest) => boolean };

/** Signs in a user whose token is refreshed at its next use, for the last time in this test. */
async function userBeforeRefresh(email = app.person()): Promise<User> {
  await app.workosSettings({ accessTokenSeconds: 45 });
  const browser = app.browser();
  await signIn(browser, email);
  const refreshes = await refreshesOf(browser);
  await app.workosSettings({ accessTokenSeconds: 300 });
  return { browser, refreshes };
}

const count = ({ refreshes }: User) => app.outbound.count("workos", refreshes);
const waitFor = ({ refreshes }: User, calls: number) =>
  app.outbound.seen("workos", refreshes, calls, NEXT_TRY_MS);

beforeEach(() => app.workosSettings({ refreshReplaySeconds: 30 }));

describe("a slow WorkOS", () => {
  it("delays neither a page nor a token while the current token is valid", async () => {
    const user = await userBeforeRefresh();
    app.outbound.fail("workos", { kind: "hang" }, user.refreshes);
    const page = await user.browser.get("/dashboard");
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/unavailable/i);
    const token = await user.browser.token();
    expect(token.status).toBe(200);
    for (const answer of [page, token]) expect(answer.ms).toBeLessThan(1_500);
    const forced = await user.browser.token({ forceRefresh: true });
    expect(forced.status).toBe(503);
    expect(forced.headers.get("retry-after")).toBe("5");
  });
});

it("a token that has under 30 s left after the wait for WorkOS is not given out", async () => {
  await app.workosSettings({ accessTokenSeconds: 32 });
  const browser = app.browser();
  await signIn(browser, app.person());
  const { accessTokenExpiresAt } = await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD);
  app.outbound.fail("workos", { kind: "hang" }, await refreshesOf(browser));
  const waitMs = Number(accessTokenExpiresAt) - 30_200 - Date.now();
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  expect((await browser.token()).status).toBe(503);
});

describe("a refresh whose response is lost", () => {
  it("is retried twice without a visit, at last 20 to 25 s after the first call, and never after a sign-out", async () => {
    const [lost, refused, leaver] = [
      await userBeforeRefresh(),
      await userBeforeRefresh(),
      await userBeforeRefresh(),
    ];
    app.outbound.fail("workos", { kind: "lost", ms: 6_000 }, lost.refreshes, 1);
    app.outbound.fail("workos", { kind: "refused" }, refused.refreshes, 2);
    app.outbound.fail("workos", { kind: "refused" }, leaver.refreshes, 1);
    const started = Date.now();
    const old = [lost, refused, leaver].map(({ browser }) => browser.thief());
    for (const { browser } of [lost, refused, leaver]) {
      const page = await browser.get("/dashboard", { headers: { "x-request-id": "unseen" } });
      expect(page.status).toBe(200);
    }
    await leaver.browser.post("/api/auth/logout");

    await waitFor(lost, 2);
    await waitFor(refused, 3);
    expect(Date.now() - started).toBeGreaterThan(20_000);
    expect(Date.now() - started).toBeLessThan(25_000);
    const refreshed = () => app.log.of("auth.refresh").filter(({ outcome }) => outcome === "refreshed");
    await expect.poll(() => refreshed().filter(({ requestId }) => requestId === "unseen")).toHaveLength(2);

    // Browsers that come with the old cookie get what the retries brought.
    for (const browser of old.slice(0, 2)) {
      const page = await browser.get("/dashboard");
      expect(page.status).toBe(200);
      expect(page).toSetSession();
    }
    expect([count(lost), count(refused), count(leaver)]).toEqual([2, 3, 1]);
    expect(await old[2]?.get("/dashboard")).toRedirectTo(/^\/login/);
  }, 40_000);

  it("ends the session if WorkOS accepts a refresh token only once", async () => {
    await app.workosSettings({ refreshReplaySeconds: 0 });
    const user = await userBeforeRefresh();
    app.outbound.fail("workos", { kind: "lost", ms: 0 }, user.refreshes, 1);
    const page = await user.browser.get("/dashboard", { headers: { "x-request-id": "lost-1" } });
    expect(page.status).toBe(200);
    await waitFor(user, 2);
    expect(await app.log.line(({ outcome }) => outcome === "invalid_grant")).toMatchObject({
      event: "auth.refresh",
      requestId: "lost-1",
    });
    expect(await user.browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_expired/);
    expect(count(user)).toBe(2);
  }, 30_000);

  it("is retried by the next request, which gets the session of the first call", async () => {
    const user = await userBeforeRefresh();
    app.outbound.fail("workos", { kind: "lost", ms: 0 }, user.refreshes, 1);
    expect((await user.browser.get("/dashboard")).status).toBe(200);
    const token = await user.browser.token({ forceRefresh: true });
    expect(token.status).toBe(200);
    expect(token).toSetSession();
    expect(count(user)).toBe(2);
  });
});

describe("a rate limit of WorkOS", () => {
  it("is respected: nothing is sent before Retry-After", async () => {
    const user = await userBeforeRefresh();
    const fault = { kind: "status", status: 429, headers: { "retry-after": "60" } } as const;
    app.outbound.fail("workos", fault, user.refreshes, 1);
    for (let turn = 0; turn < 3; turn += 1) expect((await user.browser.get("/dashboard")).status).toBe(200);
    expect((await user.browser.token({ forceRefresh: true })).status).toBe(503);
    expect(count(user)).toBe(1);
  });
});

it("a 503 with Retry-After pauses nothing", async () => {
  const user = await userBeforeRefresh();
  const fault = { kind: "status", status: 503, headers: { "retry-after": "60" } } as const;
  app.outbound.fail("workos", fault, user.refreshes, 1);
  expect((await user.browser.get("/dashboard")).status).toBe(200);
  expect((await user.browser.token({ forceRefresh: true })).status).toBe(200);
});

describe("a session of an organization", () => {
  /** Grace has one organization, so WorkOS chooses it. */
  const grace = () => userBeforeRefresh("grace@example.com");
  const rejection = (code: string, body: object = { error: code }, status = 400) =>
    ({ kind: "status", status, body: JSON.stringify(body) }) as const;
  const organizations = ({ refreshes }: User) =>
    app.outbound.requests
      .filter((request) => refreshes(request))
      .map(({ body }) => (JSON.parse(body) as { organization_id?: string }).organization_id ?? null);

  it.each(["organization_membership_not_found", "organization_not_found", "entity_not_found"])(
    "is refreshed without it after %s",
    async (code) => {
      const user = await grace();
      app.outbound.fail("workos", rejection(code), user.refreshes, 1);
      expect((await user.browser.token({ forceRefresh: true })).status).toBe(200);
      expect(organizations(user)).toEqual([expect.stringMatching(/^org_/), null]);
    },
  );

  it("is refreshed without it after a code beside an error in words", async () => {
    const user = await grace();
    const code = "entity_not_found";
    app.outbound.fail("workos", rejection(code, { error: "Not Found", code }, 404), user.refreshes, 1);
    expect((await user.browser.token({ forceRefresh: true })).status).toBe(200);
    expect(organizations(user)).toEqual([expect.stringMatching(/^org_/), null]);
  });

  it("ends if WorkOS rejects it without the organization too", async () => {
    const user = await grace();
    app.outbound.fail("workos", rejection("sso_required"), user.refreshes);
    app.outbound.fail("workos", rejection("organization_not_found"), user.refreshes, 1);
    const token = await user.browser.token({ forceRefresh: true });
    expect([token.status, jsonOf(token)]).toEqual([401, { error: "session_expired" }]);
    expect(organizations(user)).toHaveLength(2);
  });

  it("ends at once after a rejection that is not about the organization", async () => {
    const user = await grace();
    app.outbound.fail("workos", rejection("sso_required"), user.refreshes, 1);
    const token = await user.browser.token({ forceRefresh: true });
    expect([token.status, jsonOf(token)]).toEqual([401, { error: "session_expired" }]);
    expect(organizations(user)).toHaveLength(1);
  });
});
