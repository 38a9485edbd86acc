import { describe, expect, it } from "vitest";
import { EnvError, readEnv } from "./env.server.ts";

const secret = "0123456789abcdef0123456789abcdef";
const good = {
  APP_URL: "https://app.example.com",
  WORKOS_API_KEY: "sk_test",
  WORKOS_CLIENT_ID: "client_test",
  WORKOS_COOKIE_PASSWORD: secret,
  CONVEX_URL: "https://happy-animal-123.convex.cloud",
  CONVEX_EDGE_SECRET: secret,
};

function problems(change: Record<string, unknown>): string[] {
  try {
    readEnv({ ...good, ...change });
    return [];
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.problems.map((problem) => problem.name);
  }
}

describe("the configuration", () => {
  it("has defaults for optional variables", () => {
    expect(readEnv({ ...good, COOKIE_PREFIX: "", SENTRY_DSN: "" })).toMatchObject({
      redirectUri: "https://app.example.com/callback",
      workosApiUrl: "https://api.workos.com",
      cookiePasswords: { 1: secret },
      secure: true,
      sentryDsn: null,
    });
  });

  it("reports all missing variables at once", () => {
    expect(problems(Object.fromEntries(Object.keys(good).map((name) => [name, undefined])))).toEqual(
      expect.arrayContaining(Object.keys(good)),
    );
  });

  it("never prints a value", () => {
    const value = "hunter2-not-a-real-secret";
    try {
      readEnv(Object.fromEntries(Object.keys(good).map((name) => [name, value])));
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(value);
    }
  });

  it.each([
    ["an API key with a wrong prefix", { WORKOS_API_KEY: "pk_test" }, "WORKOS_API_KEY"],
    ["a client id with a wrong prefix", { WORKOS_CLIENT_ID: "app_1" }, "WORKOS_CLIENT_ID"],
    ["a short password", { WORKOS_COOKIE_PASSWORD: "short" }, "WORKOS_COOKIE_PASSWORD"],
    ["an empty password map", { WORKOS_COOKIE_PASSWORD: "{}" }, "WORKOS_COOKIE_PASSWORD"],
    ["a password map that is not JSON", { WORKOS_COOKIE_PASSWORD: "{1:" }, "WORKOS_COOKIE_PASSWORD"],
    [
      "a password id that is not a number",
      { WORKOS_COOKIE_PASSWORD: `{"a":"${secret}"}` },
      "WORKOS_COOKIE_PASSWORD",
    ],
    ["a short password in a map", { WORKOS_COOKIE_PASSWORD: '{"1":"short"}' }, "WORKOS_COOKIE_PASSWORD"],
    ["an APP_URL with a trailing slash", { APP_URL: "https://app.example.com/" }, "APP_URL"],
    ["an APP_URL with a path", { APP_URL: "https://app.example.com/a" }, "APP_URL"],
    ["a plain http APP_URL on another host", { APP_URL: "http://app.example.com" }, "APP_URL"],
    [
      "a plain http WorkOS URL on another host",
      { WORKOS_API_URL: "http://api.workos.com" },
      "WORKOS_API_URL",
    ],
    ["an issuer that is not a URL", { WORKOS_ISSUER: "auth.example.com" }, "WORKOS_ISSUER"],
    ["a plain http issuer", { WORKOS_ISSUER: "http://auth.example.com" }, "WORKOS_ISSUER"],
    ["an issuer with a query", { WORKOS_ISSUER: "https://auth.example.com/?a=1" }, "WORKOS_ISSUER"],
    ["an empty entry among issuers", { WORKOS_ISSUER: "https://a.example,," }, "WORKOS_ISSUER"],
    ["quotes around a value", { CONVEX_URL: '"https://a.convex.cloud"' }, "CONVEX_URL"],
    ["a space after a value", { WORKOS_API_KEY: "sk_test " }, "WORKOS_API_KEY"],
    ["a short edge secret", { CONVEX_EDGE_SECRET: "short" }, "CONVEX_EDGE_SECRET"],
    ["an organization id with a wrong prefix", { WORKOS_ORGANIZATION_ID: "acme" }, "WORKOS_ORGANIZATION_ID"],
    ["an e-mail as a domain", { ALLOWED_EMAIL_DOMAINS: "ada@example.com" }, "ALLOWED_EMAIL_DOMAINS"],
    ["an empty entry among domains", { ALLOWED_EMAIL_DOMAINS: "example.com," }, "ALLOWED_EMAIL_DOMAINS"],
    ["a contact that is neither e-mail nor https", { ACCESS_CONTACT: "http://a.example" }, "ACCESS_CONTACT"],
    ["an invalid DSN", { SENTRY_DSN: "https://example.com" }, "SENTRY_DSN"],
    ["an unknown cookie prefix", { COOKIE_PREFIX: "__Secure-" }, "COOKIE_PREFIX"],
    [
      "a host prefix without https",
      { APP_URL: "http://localhost:1", COOKIE_PREFIX: "__Host-" },
      "COOKIE_PREFIX",
    ],
    ["a redirect URI that is not a URL", { WORKOS_REDIRECT_URI: "callback" }, "WORKOS_REDIRECT_URI"],
  ])("rejects %s", (_, change, name) => {
    expect(problems(change)).toEqual([name]);
  });

  it("allows http for loopback addresses", () => {
    expect(problems({ APP_URL: "http://localhost:8787", CONVEX_URL: "http://127.0.0.1:8789" })).toEqual([]);
  });

  it("accepts WorkOS's own issuers and those of the configuration, unchanged", () => {
    const issuers = "https://auth.example.com/, https://b.example.com,http://127.0.0.1:9";
    expect(readEnv({ ...good, WORKOS_ISSUER: issuers }).issuers.slice(3)).toEqual([
      "https://auth.example.com/",
      "https://b.example.com",
      "http://127.0.0.1:9",
    ]);
    expect(readEnv(good).issuers).toHaveLength(3);
  });

  it("keeps every password of a map", () => {
    const map = { 2: secret, 1: secret.replaceAll("0", "x") };
    expect(readEnv({ ...good, WORKOS_COOKIE_PASSWORD: JSON.stringify(map) }).cookiePasswords).toEqual(map);
  });

  it("proves calls with the edge secret of the highest number", () => {
    const map = { 10: secret, 9: secret.replaceAll("0", "x") };
    expect(readEnv({ ...good, CONVEX_EDGE_SECRET: JSON.stringify(map) }).edgeSecret).toBe(secret);
  });
});
