/** Verification of the access token at sign-in: issuer, client, user, lifetime and signature. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf, type Site } from "./browser.ts";
import { authenticate } from "./outbound.ts";
import { approve, comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const keys = ({ path }: { path: string }) => path.startsWith("/sso/jwks/");

/** Worker without cached keys, and the key pair that the WorkOS emulator publishes in these tests. */
let site: Site;
let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let published: object;
let kid = "key-one";

beforeAll(async () => {
  site = await app.another({});
  pair = await generateKeyPair("RS256", { extractable: true });
  published = await exportJWK(pair.publicKey);
});

const CLIENT = "client_routes";
const USER = "user_01ROUTES";

type Change = { claims?: JWTPayload; without?: string[]; header?: object; seconds?: number };

/** Signs in with a self-made access token, valid except for `change`. */
async function signInWith(
  change: Change = {},
  at = site,
): Promise<{ browser: Browser; status: number; location: string | null }> {
  app.outbound.rewrite("workos", keys, () => ({ keys: [{ ...published, kid, use: "sig", alg: "RS256" }] }));
  const browser = app.browser(at);
  const callback = await approve(await startFlow(browser), app.person());
  const claims: JWTPayload = {
    iss: app.workosUrl,
    sub: USER,
    sid: "session_01ROUTES",
    client_id: CLIENT,
    ...change.claims,
  };
  for (const name of change.without ?? []) delete claims[name];
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ iat: now, exp: now + (change.seconds ?? 300), ...claims })
    .setProtectedHeader({ alg: "RS256", kid, ...change.header })
    .sign(pair.privateKey);
  app.outbound.rewrite("workos", authenticate(), (body) => ({
    ...body,
    user: { ...(body.user as object), id: USER },
    access_token: token,
  }));
  const answer = await comeBack(browser, callback);
  app.outbound.heal();
  return { browser, status: answer.status, location: answer.headers.get("location") };
}

describe("an access token", () => {
  it.each([
    ["WorkOS's address", () => app.workosUrl],
    ["WorkOS's address with a trailing slash", () => `${app.workosUrl}/`],
    ["the address of the client", () => `${app.workosUrl}/user_management/${CLIENT}`],
  ])("issued by %s is accepted", async (_what, issuer) => {
    const { browser, status } = await signInWith({ claims: { iss: issuer() } });
    expect(status).toBe(302);
    expect(jsonOf(await browser.get("/api/auth/session"))).toMatchObject({ sessionId: "session_01ROUTES" });
  });

  it.each([
    ["without client_id and aud, as in WorkOS's documentation,", { without: ["client_id"] }],
    ["with aud alone", { without: ["client_id"], claims: { aud: CLIENT } }],
    ["with our client among several audiences", { claims: { aud: ["other", CLIENT] } }],
  ] as [string, Change][])("%s is accepted", async (_what, change) => {
    const { browser, status, location } = await signInWith(change);
    expect([status, location]).toEqual([302, "/"]);
    expect(jsonOf(await browser.get("/api/auth/session"))).toMatchObject({ sessionId: "session_01ROUTES" });
  });

  it("of a custom authentication domain is accepted if WORKOS_ISSUER lists it, exactly", async () => {
    const custom = await app.another({
      WORKOS_ISSUER: "https://auth.example.com/, https://login.example.com",
    });
    for (const [iss, status] of [
      ["https://auth.example.com/", 302],
      ["https://login.example.com", 302],
      ["https://auth.example.com", 502],
      [app.workosUrl, 302],
    ] as const) {
      expect((await signInWith({ claims: { iss } }, custom)).status, iss).toBe(status);
    }
  });

  it("of an issuer that is not listed gives a 502, and its issuer is logged", async () => {
    const { status } = await signInWith({ claims: { iss: "https://auth.example.com/" } });
    expect(status).toBe(502);
    expect(
      await app.log.line(({ event, level }) => event === "auth.callback" && level === "error"),
    ).toMatchObject({
      outcome: "unavailable",
      code: "unusable_token",
      iss: "https://auth.example.com/",
    });
  });

  it("sets the session's organization and role from its claims", async () => {
    const { browser } = await signInWith({ claims: { org_id: "org_01X", role: "viewer" } });
    expect(jsonOf(await browser.get("/api/auth/session"))).toMatchObject({
      organizationId: "org_01X",
      role: "viewer",
    });
  });

  it.each([
    ["from another issuer", { claims: { iss: "https://evil.example" } }],
    ["without an issuer", { without: ["iss"] }],
    ["from an issuer with a similar prefix", { claims: { iss: "http://127.0.0.1:1/" } }],
    ["for another client", { claims: { client_id: "client_other" } }],
    ["for another audience", { without: ["client_id"], claims: { aud: "client_other" } }],
    ["for our client and another audience", { claims: { aud: ["client_other"] } }],
    ["for another client and our audience", { claims: { client_id: "client_other", aud: CLIENT } }],
    ["without an expiry", { claims: { exp: undefined } }],
    ["with another user's id", { claims: { sub: "user_somebody_else" } }],
    ["without a user id", { without: ["sub"] }],
    ["without a session id", { without: ["sid"] }],
    ["that has expired", { seconds: -120 }],
    ["that is not valid yet", { claims: { nbf: Math.floor(Date.now() / 1000) + 3_600 } }],
    ["with an unknown key id", { header: { kid: "no-such-key" } }],
  ] as [string, Change][])("%s is rejected", async (_what, change) => {
    const { browser, status, location } = await signInWith(change);
    expect([302, 502]).toContain(status);
    if (status === 302) expect(location).toContain("/login?error=sign_in_failed");
    expect(jsonOf(await browser.get("/api/auth/session"))).toEqual({ user: null });
  });
});

describe("the key set of WorkOS", () => {
  it("is fetched once for several sign-ins", async () => {
    await signInWith();
    app.outbound.forget();
    for (let turn = 0; turn < 3; turn += 1) expect((await signInWith()).status).toBe(302);
    expect(app.outbound.count("workos", keys)).toBe(0);
  });

  it("is fetched again if a token names an unknown key", async () => {
    await signInWith();
    pair = await generateKeyPair("RS256", { extractable: true });
    published = await exportJWK(pair.publicKey);
    kid = "key-two";
    app.outbound.forget();
    const { status, location } = await signInWith();
    expect([status, location]).toEqual([302, "/"]);
    expect(app.outbound.count("workos", keys)).toBe(1);
  });
});
