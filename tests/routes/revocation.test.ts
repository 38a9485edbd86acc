/** Sessions revoked by another device. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { EDGE_SECRET } from "./harness.ts";
import { calls } from "./outbound.ts";
import { isSessionCookie } from "./seals.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

type SessionAnswer = { sessionId: string; user: { id: string } };

/** Signs in and revokes the session in Convex, as another device's request would. */
async function revokedBrowser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  const { sessionId, user } = jsonOf<SessionAnswer>(await browser.get("/api/auth/session"));
  const args = { sessionId, workosUserId: user.id, ipAddress: "", userAgent: "", edge: EDGE_SECRET };
  const answer = await app.convex("mutation", "sessions:revoke", args, null);
  expect(await answer.json()).toMatchObject({ status: "success" });
  return browser;
}

describe("a revoked session", () => {
  it.each(["/dashboard", "/profile", "/settings"])("is signed out at %s with a reason", async (path) => {
    const browser = await revokedBrowser();
    const answer = await browser.get(path);
    expect(answer).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect(answer).toClearSession();
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
    expect(await browser.get("/login?error=session_revoked")).toSayAlert();
  });

  it("is signed out by a data request", async () => {
    const answer = await (await revokedBrowser()).data("/dashboard");
    expect(answer.status).toBe(202);
    expect(answer.text).toContain("error=session_revoked");
    expect(answer).toClearSession();
  });

  it("sees the home page as a guest", async () => {
    const answer = await (await revokedBrowser()).get("/");
    expect(answer.text).not.toContain("Welcome back");
    expect(answer).toClearSession();
  });

  it("has no user at the session endpoint", async () => {
    const browser = await revokedBrowser();
    const kept = browser.thief();
    const session = await browser.get("/api/auth/session");
    expect(jsonOf(session)).toEqual({ user: null });
    expect(session).toClearSession();
    expect(await kept.get("/dashboard")).toRedirectTo(/^\/login/);
  });

  it("cannot submit a form", async () => {
    const answer = await (await revokedBrowser()).submit("/profile", {
      firstName: "Late",
      lastName: "",
    });
    expect([302, 303]).toContain(answer.status);
    expect(answer.headers.get("location")).toContain("/login");
    expect(answer).toClearSession();
  });

  it("is logged when it is used", async () => {
    await (await revokedBrowser()).get("/dashboard");
    expect(await app.log.line(({ event }) => event === "auth.revoked")).toMatchObject({
      requestId: expect.any(String),
    });
  });

  it("gets no token after another request learned of it from Convex, also in another run", async () => {
    const browser = await revokedBrowser();
    const [kept, later] = [browser.thief(), browser.thief()];
    await browser.get("/dashboard");
    const answer = await kept.token();
    expect([answer.status, jsonOf(answer)]).toEqual([401, { error: "signed_out" }]);
    expect(answer).toClearSession();
    await app.restart();
    expect((await later.at(app.site()).token()).status).toBe(401);
  });

  it("is accepted only while Convex is down", async () => {
    const browser = await revokedBrowser();
    app.outbound.fail("convex", { kind: "refused" });
    expect((await browser.thief().get("/dashboard")).status).toBe(200);
    app.outbound.heal();
    expect(await browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
  });

  it("signed out while Convex was down is rejected once Convex answers again", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const kept = browser.thief();
    app.outbound.fail("convex", { kind: "refused" });
    await browser.get("/api/auth/logout");
    app.outbound.heal();
    app.outbound.fail("convex", { kind: "refused" }, calls("edge:signedOut"));
    expect(await kept.thief().get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect((await kept.thief().token()).status).toBe(401);
    expect(jsonOf(await kept.thief().get("/api/auth/session"))).toEqual({ user: null });
  });
});
