/** Token refresh: one call to WorkOS for concurrent requests, and what becomes of its result. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf } from "./browser.ts";
import { authenticate, calls } from "./outbound.ts";
import { isSessionCookie, sessionSeal } from "./seals.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

/** Tokens that are in their last minute from the start, so that every use refreshes them. */
const app = startMosaic({ accessTokenSeconds: 45, isolates: 2 });
const refreshes = () => app.outbound.count("workos", authenticate("refresh_token"));

async function signInUser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  app.outbound.forget();
  return browser;
}

/** Requests that several tabs may send at once. */
const MIXED: ((browser: Browser) => Promise<Answer>)[] = [
  (browser) => browser.get("/dashboard"),
  (browser) => browser.get("/"),
  (browser) => browser.data("/dashboard"),
  (browser) => browser.data("/profile"),
  (browser) => browser.token(),
  (browser) => browser.get("/settings"),
];

/** Sends `count` requests with the same cookie, whatever cookies the responses set. */
function crowd(browser: Browser, count: number, ask = MIXED, isolates: (0 | 1)[] = [0]): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const site = app.site(isolates[index % isolates.length]);
      return (
        ask[index % ask.length]?.(browser.thief().at(site)) ?? Promise.reject(new Error("Nothing to ask"))
      );
    }),
  );
}

/** Checks that no response signs out. */
function expectSignedIn(answers: Answer[]): void {
  for (const answer of answers) {
    expect(answer.status, `${answer.method} ${answer.path}`).toBe(200);
    expect(answer).not.toClearSession();
    expect(answer.text).not.toContain("/login?error=");
  }
}

/** Returns the session cookie that a response sets. */
function writtenSession(answer: Answer): string | undefined {
  return answer.setCookies.find((cookie) => isSessionCookie(cookie) && !cookie.clears)?.value;
}

describe("many requests at once", () => {
  it("cause one refresh, and all 50 stay signed in", async () => {
    const browser = await signInUser();
    const answers = await crowd(browser, 50);
    expectSignedIn(answers);
    expect(refreshes()).toBe(1);
    const written = answers.map(writtenSession).filter((value) => value !== undefined);
    expect(new Set(written).size).toBe(1);
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it("cause one refresh across two isolates", async () => {
    const browser = await signInUser();
    expectSignedIn(await crowd(browser, 40, MIXED, [0, 1]));
    expect(refreshes()).toBe(1);
  });

  it("cause one refresh while WorkOS is slow", async () => {
    const browser = await signInUser();
    app.outbound.fail("workos", { kind: "slow", ms: 700 }, authenticate("refresh_token"));
    expectSignedIn(await crowd(browser, 30, MIXED, [0, 1]));
    expect(refreshes()).toBe(1);
  });

  it("that force a refresh share one refresh and one new token", async () => {
    const browser = await signInUser();
    const answers = await crowd(browser, 12, [(one) => one.token({ forceRefresh: true })], [0, 1]);
    expectSignedIn(answers);
    expect(refreshes()).toBe(1);
    expect(new Set(answers.map((answer) => jsonOf<{ token: string }>(answer).token)).size).toBe(1);
  });

  it("of different users refresh separately", async () => {
    const people = [await signInUser(), await signInUser(), await signInUser()];
    app.outbound.forget();
    const answers = await Promise.all(people.map((browser) => browser.get("/profile")));
    expect(refreshes()).toBe(3);
    expect(new Set(answers.map(writtenSession)).size).toBe(3);
    const emails = await Promise.all(
      people.map(
        async (browser) =>
          jsonOf<{ user: { email: string } }>(await browser.get("/api/auth/session")).user.email,
      ),
    );
    expect(new Set(emails).size).toBe(3);
  });
});

describe("the cookie from before a refresh", () => {
  it("gets the same new session without another refresh", async () => {
    const browser = await signInUser();
    const late = browser.thief();
    const first = await browser.get("/dashboard");
    expect(first).toSetSession();
    expect(refreshes()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    for (const ask of MIXED) {
      const straggler = late.thief();
      const answer = await ask(straggler);
      expectSignedIn([answer]);
      expect(answer).toSetSession();
      expect(sessionSeal(straggler.jar)).toBe(writtenSession(first));
    }
    expect(refreshes()).toBe(1);
  });

  it("gets the same new session after the worker restarts", async () => {
    const browser = await signInUser();
    const late = browser.thief();
    await browser.get("/dashboard");
    await app.restart();
    const straggler = late.at(app.site());
    expectSignedIn([await straggler.get("/dashboard")]);
    expect(sessionSeal(straggler.jar)).toBe(sessionSeal(browser.jar));
    expect(refreshes()).toBe(1);
  });
});

describe("a refresh whose response was not received", () => {
  it("is kept if the browser disconnected during the refresh", async () => {
    const browser = await signInUser();
    const held = app.outbound.hold("workos", authenticate("refresh_token"));
    await browser.abandon("/dashboard", held.arrived);
    held.release();
    expectSignedIn([await browser.thief().get("/dashboard"), await browser.thief().token()]);
    expect(refreshes()).toBe(1);
  });

  it("is kept if WorkOS answered after the page timed out", async () => {
    const browser = await signInUser();
    app.outbound.fail("workos", { kind: "slow", ms: 4_000 }, authenticate("refresh_token"), 1);
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(200);
    expect(page.ms).toBeLessThan(3_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expectSignedIn([await browser.thief().get("/dashboard"), await browser.thief().token()]);
    expect(refreshes()).toBe(1);
  });

  it("leads to the newest session, even from two refreshes back", async () => {
    const browser = await signInUser();
    const late = browser.thief();
    await browser.token({ forceRefresh: true });
    await browser.token({ forceRefresh: true });
    expect(refreshes()).toBe(2);
    expectSignedIn([await late.get("/dashboard")]);
    expect(refreshes()).toBe(2);
    expect(sessionSeal(late.jar)).toBe(sessionSeal(browser.jar));
  });
});

describe("a refresh that returns another user's tokens", () => {
  it("does not change the session", async () => {
    const [ann, ben] = [await signInUser(), app.browser()];
    let bens: unknown;
    app.outbound.rewrite("workos", authenticate("authorization_code"), (body) => {
      bens = body;
      return body;
    });
    await signIn(ben, app.person());
    app.outbound.rewrite("workos", authenticate("refresh_token"), () => bens);
    const page = await ann.get("/dashboard");
    expect(page.status).toBe(200);
    expect(page).toLeaveSessionAlone();
  });
});

describe("a forced refresh", () => {
  it("returns a new token", async () => {
    const browser = await signInUser();
    const one = jsonOf<{ token: string }>(await browser.token());
    const two = jsonOf<{ token: string }>(await browser.token({ forceRefresh: true }));
    const three = jsonOf<{ token: string }>(await browser.token({ forceRefresh: true }));
    expect(new Set([one.token, two.token, three.token]).size).toBe(3);
  });

  it("sets a cookie that the next page accepts", async () => {
    const browser = await signInUser();
    expect(await browser.token({ forceRefresh: true })).toSetSession();
    expect((await browser.get("/dashboard")).status).toBe(200);
  });
});

describe("the log line of a refresh", () => {
  const as = (requestId: string) => ({ headers: { "x-request-id": requestId } });

  it("has the id of the page request that caused it", async () => {
    const [ann, ben] = [await signInUser(), await signInUser()];
    await Promise.all([ann.get("/dashboard", as("ann-1")), ben.get("/dashboard", as("ben-1"))]);
    await ann.post("/api/auth/token", { json: { forceRefresh: true }, ...as("ann-2") });
    const ids = () => app.log.of("auth.refresh").map(({ level, requestId }) => `${level} ${requestId}`);
    // Lines of the previous test may arrive late.
    const expected = ["info ann-1", "info ann-2", "info ben-1"];
    await expect
      .poll(() =>
        ids()
          .filter((id) => /-\d$/.test(id))
          .sort(),
      )
      .toEqual(expected);
  });

  it("has the id of the first of several waiting requests", async () => {
    const browser = await signInUser();
    const held = app.outbound.hold("workos", authenticate("refresh_token"));
    const first = browser.thief().get("/dashboard", as("first"));
    await held.arrived;
    const others = ["second", "third"].map((id) =>
      browser
        .thief()
        .at(app.site(1))
        .post("/api/auth/token", { json: { forceRefresh: true }, ...as(id) }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    held.release();
    expectSignedIn(await Promise.all([first, ...others]));
    expect(refreshes()).toBe(1);
    await app.log.line(({ event, requestId }) => event === "auth.refresh" && requestId === "first");
    // A line of the previous test may arrive late.
    const ids = app.log.of("auth.refresh").map(({ requestId }) => requestId);
    expect(ids.filter((id) => id === "second" || id === "third")).toEqual([]);
  });

  it("has the id of the request that was abandoned", async () => {
    const browser = await signInUser();
    const held = app.outbound.hold("workos", authenticate("refresh_token"));
    await browser.abandon("/dashboard", held.arrived, as("left"));
    held.release();
    expect(await app.log.line(({ event }) => event === "auth.refresh")).toMatchObject({ requestId: "left" });
    await app.log.line(({ event, requestId }) => event === "request" && requestId === "left");
  });

  it("has the request's id if WorkOS fails, or if Convex does not learn of the refresh", async () => {
    const browser = await signInUser();
    app.outbound.fail("workos", { kind: "status", status: 503 }, authenticate("refresh_token"), 1);
    await browser.get("/dashboard", as("failed"));
    await app.log.line(({ event, outcome }) => event === "auth.refresh" && outcome === "unavailable");
    expect(new Set(app.log.of("auth.refresh").map(({ requestId }) => requestId))).toEqual(
      new Set(["failed"]),
    );
    app.outbound.fail("convex", { kind: "refused" }, calls("edge:refreshed"));
    await browser.get("/dashboard", as("not-seen"));
    const late = await app.log.line(({ event, outcome }) => event === "sync.user" && outcome === "not_seen");
    expect(late.requestId).toBe("not-seen");
  });
});
