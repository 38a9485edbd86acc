/** Token verification over the HTTP API, and the identity that functions see. */
import type { JWTPayload } from "jose";
import { expect, test } from "vitest";
import type { AuthProvider } from "../../src/backend.ts";
import { ADMIN_KEY, type Serving, serveScripted } from "../sync/serving.ts";
import { Provider } from "./provider.ts";

const now = (): number => Math.floor(Date.now() / 1000);

async function serveWith(providers: AuthProvider[]): Promise<Serving> {
  const serving = await serveScripted();
  serving.backend.providers = providers;
  serving.backend.queries["me:get"] = (_, __, { identity }) => identity;
  serving.backend.queries["me:caller"] = (_, __, { caller }) => caller;
  return serving;
}

function custom(
  { url, jwksUrl }: Provider,
  more: { algorithm?: "ES256"; applicationID?: string } = {},
): AuthProvider {
  return { type: "customJwt", issuer: url, jwks: jwksUrl, algorithm: "RS256", ...more };
}

type Reply = { status: number; body: { [name: string]: unknown } };

async function ask(url: string, authorization?: string, path = "me:get"): Promise<Reply> {
  const headers: HeadersInit = authorization === undefined ? [] : [["authorization", authorization]];
  const response = await fetch(`${url}/api/query`, {
    method: "POST",
    headers,
    body: JSON.stringify({ path, args: {} }),
  });
  return { status: response.status, body: await response.json() };
}

test("without a token there is no identity, and a valid token gives one with all claims", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  expect((await ask(url)).body.value).toBeNull();
  const token = await provider.token({
    sid: "session_1",
    role: "admin",
    org: { id: "org_1", tags: ["x"] },
    jti: "1",
  });
  expect(await ask(url, `Bearer ${token}`)).toEqual({
    status: 200,
    body: {
      status: "success",
      logLines: [],
      value: {
        tokenIdentifier: `${provider.url}|ada`,
        issuer: provider.url,
        subject: "ada",
        sid: "session_1",
        role: "admin",
        "org.id": "org_1",
        "org.tags": ["x"],
      },
    },
  });
});

test("a provider with ES256 accepts ES256 and rejects RS256", async () => {
  const [es, rs] = [await Provider.start("ES256"), await Provider.start()];
  const { url } = await serveWith([custom(es, { algorithm: "ES256" }), custom(rs, { algorithm: "ES256" })]);
  expect((await ask(url, `Bearer ${await es.token()}`)).status).toBe(200);
  expect((await ask(url, `Bearer ${await rs.token()}`)).status).toBe(401);
});

test.each<[string, JWTPayload, RegExp]>([
  ["has expired", { exp: now() - 10 }, /^Could not validate token: Token expired \d+ seconds ago$/],
  ["is not valid yet", { nbf: now() + 60 }, /^Could not validate token: Token will be valid in \d+ seconds$/],
  ["was issued in the future", { iat: now() + 60 }, /Token will be valid in \d+ seconds$/],
  ["never expires", { exp: undefined }, /^Missing expiry$/],
  ["has no subject", { sub: undefined }, /^Missing subject$/],
  ["has no issuer", { iss: undefined }, /^Missing issuer claim \('iss'\) in JWT payload/],
])("a token that %s is rejected with 401 and Convex's reason", async (_, claims, reason) => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  expect(await ask(url, `Bearer ${await provider.token(claims)}`)).toEqual({
    status: 401,
    body: { code: "InvalidAuthHeader", message: expect.stringMatching(reason) },
  });
});

test("custom tokens have a leeway of five seconds", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  const token = await provider.token({ exp: now() - 1, nbf: now() + 3, iat: now() + 3 });
  expect((await ask(url, `Bearer ${token}`)).status).toBe(200);
});

test("the reason names the key id of a token, or that it has none", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  const [, payload, signature] = (await provider.token()).split(".");
  const rejected = async (header: object): Promise<unknown> => {
    const head = Buffer.from(JSON.stringify(header)).toString("base64url");
    return (await ask(url, `Bearer ${head}.${payload}.${signature}`)).body.message;
  };
  expect(await rejected({ alg: "RS256" })).toContain("JWT may be missing a 'kid' (key ID) header");
  expect(await rejected({ alg: "RS256", kid: "other" })).toContain("'kid' (key ID) header is 'other'");
});

test("a token without a provider gets the list of providers", async () => {
  const provider = await Provider.start();
  const { url, backend } = await serveWith([
    custom(provider, { applicationID: "app" }),
    { domain: "https://oidc.example", applicationID: "other" },
  ]);
  const token = await provider.token();
  expect((await ask(url, `Bearer ${token}`)).body).toEqual({
    code: "NoAuthProvider",
    message: expect.stringContaining(
      `[CustomJWT(issuer=${provider.url}, app_id=app), OIDC(domain=https://oidc.example, app_id=other)]`,
    ),
  });
  backend.providers = [];
  expect((await ask(url, `Bearer ${token}`)).body.message).toContain("(no providers configured)");
});

test("the protocol and the trailing slash of an issuer are optional", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([
    custom(provider),
    { type: "customJwt", issuer: "https://bare.example", jwks: provider.jwksUrl, algorithm: "RS256" },
  ]);
  for (const iss of [`${provider.url}/`, "bare.example"]) {
    expect((await ask(url, `Bearer ${await provider.token({ iss })}`)).body.value).toMatchObject({
      tokenIdentifier: `${iss}|ada`,
    });
  }
});

test("the audience is checked only if the provider has an application id", async () => {
  const provider = await Provider.start();
  const { url, backend } = await serveWith([custom(provider, { applicationID: "app" })]);
  expect((await ask(url, `Bearer ${await provider.token()}`)).status).toBe(401);
  expect((await ask(url, `Bearer ${await provider.token({ aud: "other" })}`)).status).toBe(401);
  expect((await ask(url, `Bearer ${await provider.token({ aud: "app" })}`)).status).toBe(200);
  expect((await ask(url, `Bearer ${await provider.token({ aud: ["other", "app"] })}`)).status).toBe(200);
  backend.providers = [custom(provider)];
  expect((await ask(url, `Bearer ${await provider.token({ aud: "other" })}`)).status).toBe(200);
});

test("rejects forged, unsigned, truncated and malformed tokens", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  const good = await provider.token();
  const [, payload] = good.split(".");
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  const bad = [await provider.forged(), `${none}.${payload}.`, good.slice(0, -10), "x", "a.b.c", `${good}x`];
  for (const token of bad) expect((await ask(url, `Bearer ${token}`)).status).toBe(401);
  for (const header of ["Bearer", "Basic x", good]) expect((await ask(url, header)).status).toBe(401);
  expect((await ask(url, `Bearer ${good}`)).status).toBe(200);
});

test("keys are fetched once for many tokens, and again for an unknown key id", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([custom(provider)]);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.token()));
  await Promise.all(
    tokens.map(async (token) => expect((await ask(url, `Bearer ${token}`)).status).toBe(200)),
  );
  expect(provider.fetches).toBe(1);
  await provider.rotate();
  const rotated = await provider.token();
  await expect.poll(async () => (await ask(url, `Bearer ${rotated}`)).status, { timeout: 8_000 }).toBe(200);
  expect(provider.fetches).toBe(2);
});

test("many tokens with unknown keys do not cause a fetch each", async () => {
  const provider = await Provider.start();
  const stranger = await Provider.start();
  await stranger.rotate();
  const { url } = await serveWith([custom(provider)]);
  expect((await ask(url, `Bearer ${await provider.token()}`)).status).toBe(200);
  const token = await stranger.token({ iss: provider.url });
  for (let turn = 0; turn < 10; turn++) expect((await ask(url, `Bearer ${token}`)).status).toBe(401);
  expect(provider.fetches).toBeLessThanOrEqual(2);
});

test.each(["down", "garbage"] as const)(
  "a provider that is %s causes 503, and tokens are valid again afterwards",
  async (fault) => {
    const provider = await Provider.start();
    provider.fault = fault;
    const { url } = await serveWith([custom(provider)]);
    const token = await provider.token();
    const { status, body } = await ask(url, `Bearer ${token}`);
    expect([status, body.code]).toEqual([503, "AuthProviderUnavailable"]);
    provider.fault = "none";
    expect((await ask(url, `Bearer ${token}`)).status).toBe(200);
    provider.fault = fault;
    expect((await ask(url, `Bearer ${await provider.token()}`)).status).toBe(200);
  },
);

test("keys in a data: URL that are not JSON cause 401", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([
    { type: "customJwt", issuer: provider.url, jwks: "data:invalid,not-keys", algorithm: "RS256" },
  ]);
  expect(await ask(url, `Bearer ${await provider.token()}`)).toEqual({
    status: 401,
    body: { code: "InvalidAuthHeader", message: expect.stringContaining("not valid JSON") },
  });
});

test("keys in a data: URL need no network", async () => {
  const provider = await Provider.start();
  const json = JSON.stringify(provider.jwks);
  const urls = [
    `data:application/json,${encodeURIComponent(json)}`,
    `data:text/plain;charset=utf-8;base64,${Buffer.from(json).toString("base64")}`,
  ];
  for (const jwks of urls) {
    const { url } = await serveWith([{ type: "customJwt", issuer: provider.url, jwks, algorithm: "RS256" }]);
    expect((await ask(url, `Bearer ${await provider.token()}`)).status).toBe(200);
    expect((await ask(url, `Bearer ${await provider.forged()}`)).status).toBe(401);
  }
  expect(provider.fetches).toBe(0);
});

test("an OIDC provider is found by its discovery document, and its claims get Convex's names", async () => {
  const provider = await Provider.start();
  const { url } = await serveWith([{ domain: provider.url, applicationID: "app" }]);
  const claims = {
    aud: "app",
    given_name: "Ada",
    email_verified: true,
    updated_at: 0,
    address: { formatted: "Main Street 1", country: "GB" },
    azp: "app",
    hd: "example.com",
  };
  expect((await ask(url, `Bearer ${await provider.token(claims)}`)).body.value).toEqual({
    tokenIdentifier: `${provider.url}|ada`,
    issuer: provider.url,
    subject: "ada",
    givenName: "Ada",
    emailVerified: true,
    updatedAt: "1970-01-01T00:00:00+00:00",
    address: "Main Street 1",
    hd: "example.com",
  });
  expect((await ask(url, `Bearer ${await provider.token()}`)).status).toBe(401);
});

test("the admin key calls internal functions with any identity, and another key is rejected", async () => {
  const { url } = await serveWith([]);
  expect((await ask(url, `Convex ${ADMIN_KEY}`, "me:caller")).body.value).toBe("internal");
  expect((await ask(url, `Convex ${ADMIN_KEY}`)).body.value).toBeNull();
  const ada = { subject: "ada", issuer: "https://x", name: "Ada 🙃" };
  const acting = Buffer.from(JSON.stringify(ada)).toString("base64");
  expect((await ask(url, `Convex ${ADMIN_KEY}:${acting}`)).body.value).toEqual({
    ...ada,
    tokenIdentifier: "https://x|ada",
  });
  expect(await ask(url, `Convex ${ADMIN_KEY}x`)).toMatchObject({
    status: 401,
    body: { code: "BadAdminKey" },
  });
  expect((await ask(url, `Convex ${ADMIN_KEY}:bm90IGpzb24=`)).status).toBe(401);
  expect((await ask(url, undefined, "me:caller")).body.value).toBe("public");
});
