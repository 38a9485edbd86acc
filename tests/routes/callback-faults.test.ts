/** Callback when WorkOS rejects the code or fails. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf, locationOf } from "./browser.ts";
import { flowCookies } from "./flow-cookies.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate, type Fault } from "./outbound.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Signs in a user whose session must survive a second, failing sign-in. */
async function signedIn(): Promise<{ browser: Browser; email: string }> {
  const browser = app.browser();
  const email = app.person();
  await signIn(browser, email);
  return { browser, email };
}

async function emailOf(browser: Browser): Promise<string | null> {
  const session = jsonOf<{ user: { email: string } | null }>(await browser.get("/api/auth/session"));
  return session.user?.email ?? null;
}

const failureOf = (answer: Answer) => locationOf(answer, APP_URL)?.searchParams.get("error");

describe("a code that WorkOS rejects", () => {
  const rejection = (status: number, body: object): Fault => ({
    kind: "status",
    status,
    body: JSON.stringify(body),
  });

  it.each([
    ["an unknown code", null, "expired_code"],
    [
      "invalid_grant",
      rejection(400, { error: "invalid_grant", error_description: "expired" }),
      "expired_code",
    ],
    [
      "invalid_client",
      rejection(401, { error: "invalid_client", error_description: "no" }),
      "sign_in_failed",
    ],
    [
      "invalid_grant beside an error in words",
      rejection(400, { error: "Bad Request", code: "invalid_grant" }),
      "expired_code",
    ],
    ["invalid_grant with 401", rejection(401, { error: "invalid_grant" }), "expired_code"],
    ["another 400", rejection(400, { code: "invalid_request", message: "no" }), "sign_in_failed"],
    ["unauthorized", rejection(401, { message: "Unauthorized" }), "sign_in_failed"],
    ["401 with an empty body", { kind: "status", status: 401, body: "" } as Fault, "sign_in_failed"],
    ["403 from a firewall", { kind: "status", status: 403, body: "<html>no" } as Fault, "sign_in_failed"],
    [
      "MFA enrollment",
      rejection(403, {
        code: "mfa_enrollment",
        message: "enrol",
        pending_authentication_token: "pending-token-1",
      }),
      "sign_in_failed",
    ],
    [
      "organization selection",
      rejection(403, {
        code: "organization_selection_required",
        message: "choose",
        pending_authentication_token: "pending-token-1",
        organizations: [{ id: "org_1", name: "One" }],
      }),
      "sign_in_failed",
    ],
    [
      "SSO",
      rejection(403, { error: "sso_required", error_description: "sso", connection_ids: ["conn_1"] }),
      "sign_in_failed",
    ],
  ])(
    "(%s) redirects to the sign-in page with an error, keeps the session and clears the flow",
    async (_what, fault, error) => {
      const { browser, email } = await signedIn();
      const { state } = await startFlow(browser, "?returnTo=%2Fprofile");
      if (fault !== null) app.outbound.fail("workos", fault, authenticate());
      const answer = await comeBack(
        browser,
        `/callback?code=made-up-code-12345&state=${encodeURIComponent(state)}`,
      );
      expect(answer).toRedirectTo(/^\/login\?error=/);
      expect(failureOf(answer)).toBe(error);
      expect(locationOf(answer, APP_URL)?.searchParams.get("returnTo")).toBe("/profile");
      expect(answer).toLeaveSessionAlone();
      expect(flowCookies(browser.jar)).toEqual([]);
      expect(await emailOf(browser)).toBe(email);
      const line = await app.log.line((one) => one.event === "auth.callback" && one.level !== "info");
      expect(JSON.stringify(line)).not.toMatch(/pending-token-1|made-up-code/);
    },
  );
});

describe("a failing WorkOS", () => {
  const faults: [string, Fault][] = [
    ["unreachable", { kind: "refused" }],
    ["rate limiting (429)", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
    ["broken (500)", { kind: "status", status: 500 }],
    ["unavailable (503)", { kind: "status", status: 503, body: "<html>upstream is away</html>" }],
    ["sending invalid JSON", { kind: "garbage" }],
    ["closing the connection", { kind: "cut" }],
    ["sending no user", { kind: "status", status: 200, body: '{"access_token":"x","refresh_token":"y"}' }],
    [
      "sending no token",
      { kind: "status", status: 200, body: '{"user":{"id":"user_1","email":"a@example.com"}}' },
    ],
    ["sending an empty object", { kind: "status", status: 200, body: "{}" }],
    ["sending null", { kind: "status", status: 200, body: "null" }],
    ["hanging", { kind: "hang" }],
  ];

  it.each(faults)("(%s) gives a 502 page with a request id and a link to try again", async (_what, fault) => {
    const { browser, email } = await signedIn();
    const callback = await approve(await startFlow(browser, "?returnTo=%2Fprofile"), app.person());
    app.outbound.fail("workos", fault, authenticate());
    const answer = await comeBack(browser, callback);
    expect(answer).toBeSafeHtml(502);
    // The limit of 5 s plus a margin for a busy machine.
    expect(answer.ms).toBeLessThan(5_750);
    expect(answer.text).toContain(answer.headers.get("x-request-id"));
    const links = new Page(answer.text).tags("a").map((link) => link.attributes.href ?? "");
    expect(links).toContainEqual(expect.stringMatching(/^\/(api\/auth\/)?login/));
    expect(answer).toLeaveSessionAlone();
    expect(answer).toBeForOnePerson();
    expect(flowCookies(browser.jar)).toEqual([]);
    expect(await emailOf(browser)).toBe(email);
    const id = answer.headers.get("x-request-id");
    const line = await app.log.line(
      (one) => one.requestId === id && one.level === "error" && one.event !== "request",
    );
    expect(line.level).toBe("error");
  });

  it.each([
    ["signed with another key", (token: string) => `${token.slice(0, -12)}AAAAAAAAAAAA`],
    ["without a signature", (token: string) => `${token.split(".").slice(0, 2).join(".")}.`],
    [
      "with alg none",
      (token: string) => `${btoa('{"alg":"none"}').replaceAll("=", "")}.${token.split(".")[1]}.`,
    ],
    ["that is not a JWT", () => "no-token-at-all"],
  ])("(sending a token %s) does not sign in", async (_what, change) => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    app.outbound.rewrite("workos", authenticate(), (body) => ({
      ...body,
      access_token: change(String(body.access_token)),
    }));
    const answer = await comeBack(browser, callback);
    expect(answer.status).toBe(502);
    expect(answer).not.toSetSession();
    expect(await emailOf(browser)).toBeNull();
  });
});
