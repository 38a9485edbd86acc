import { describe, expect, test } from "vitest";
import { putTogether } from "../config.ts";
import { portsFrom } from "../ports.ts";
import { examine } from "./examine.ts";
import type { CheckName, CheckResult } from "./report.ts";
import { subjectOf } from "./subject.ts";

const GOOD: Record<string, string> = {
  APP_URL: "https://app.example.com",
  WORKOS_API_KEY: "sk_live_key_of_this_test",
  WORKOS_CLIENT_ID: "client_of_this_test",
  WORKOS_COOKIE_PASSWORD: "cookie-password-of-this-test-00000001",
  WORKOS_API_URL: "http://127.0.0.1:9",
  WORKOS_WEBHOOK_SECRET: "webhook-secret-of-this-test",
  CONVEX_URL: "http://127.0.0.1:9",
  CONVEX_EDGE_SECRET: "edge-secret-of-this-test-000000000001",
  ADMIN_EMAILS: "ada@example.com",
};

/** Runs one check of the valid configuration with these values changed. */
async function check(name: CheckName, values: Record<string, string>): Promise<CheckResult> {
  const given = { ...GOOD, ...values };
  const config = putTogether(given, {}, portsFrom(undefined), () => "own");
  const [result] = await examine(subjectOf(given, config), [name]);
  if (!result) throw new Error(`no check ${name}`);
  return result;
}

const BARE = /has a space or quotes around it/;

describe("a malformed value fails its own check, which says what is expected without showing the value", () => {
  const ORIGINS: [string, RegExp][] = [
    ['"https://app.example.com"', BARE],
    [" https://app.example.com", BARE],
    ["https://app.example.com ", BARE],
    ["https://app.example.com/", /without a path or a slash at the end, such as https:/],
    ["https://app.example.com/callback", /without a path or a slash at the end, such as https:/],
    ["http://app.example.com", /must be https/],
    ["app.example.com", /must be an address such as https:/],
    ["ftp://app.example.com", /must be an address such as https:/],
  ];

  test.each<[CheckName, string, string, RegExp]>([
    ...ORIGINS.map(([value, words]): [CheckName, string, string, RegExp] => [
      "app-url",
      "APP_URL",
      value,
      words,
    ]),
    ...ORIGINS.map(([value, words]): [CheckName, string, string, RegExp] => [
      "convex-url",
      "CONVEX_URL",
      value,
      words,
    ]),
    ...ORIGINS.map(([value, words]): [CheckName, string, string, RegExp] => [
      "environment",
      "WORKOS_API_URL",
      value,
      words,
    ]),
    ["workos-api-key", "WORKOS_API_KEY", '"sk_live_quoted"', BARE],
    ["workos-api-key", "WORKOS_API_KEY", " sk_live_spaced", BARE],
    ["workos-api-key", "WORKOS_API_KEY", "client_the_other_one", /must start with sk_/],
    ["workos-api-key", "WORKOS_API_KEY", "", /is missing/],
    ["workos-client", "WORKOS_CLIENT_ID", "'client_quoted'", BARE],
    ["workos-client", "WORKOS_CLIENT_ID", "sk_live_the_other_one", /must start with client_/],
    ["workos-client", "WORKOS_CLIENT_ID", "", /is missing/],
    ["cookie-password", "WORKOS_COOKIE_PASSWORD", "too-short-for-this", /at least 32 characters/],
    ["cookie-password", "WORKOS_COOKIE_PASSWORD", "{}", /a map without a secret/],
    [
      "cookie-password",
      "WORKOS_COOKIE_PASSWORD",
      '{"one":"cookie-password-of-this-test-00000001"}',
      /no number/,
    ],
    ["cookie-password", "WORKOS_COOKIE_PASSWORD", '{"1":"short-in-a-map"}', /fewer than 32/],
    ["cookie-password", "WORKOS_COOKIE_PASSWORD", '{"1":', /JSON such as/],
    ["edge-secret", "CONVEX_EDGE_SECRET", "too-short-for-this", /at least 32 characters/],
    ["edge-secret", "CONVEX_EDGE_SECRET", '"edge-secret-of-this-test-000000000001"', BARE],
    ["webhook", "WORKOS_WEBHOOK_SECRET", '"whsec_quoted"', BARE],
    ["webhook", "CONVEX_SITE_URL", "https://happy-animal-123.convex.site/", /without a path/],
    ["redirect-uri", "WORKOS_REDIRECT_URI", "no-address-at-all", /must be an address such as/],
    ["redirect-uri", "WORKOS_REDIRECT_URI", "http://app.example.com/callback", /must be https/],
    [
      "environment",
      "SENTRY_DSN",
      "https://sentry.example.com/1",
      /must look like https:\/\/KEY@HOST\/PROJECT/,
    ],
    ["convex-auth", "WORKOS_ISSUER", "auth.example.com", /must be https addresses/],
    ["convex-auth", "WORKOS_ISSUER", "http://auth.example.com", /must be https addresses/],
    ["convex-auth", "WORKOS_ISSUER", "https://auth.example.com,,https://b.example.com", /must be https/],
    ["cookie-prefix", "COOKIE_PREFIX", "__Secure-", /must be __Host- or empty/],
    ["access", "WORKOS_ORGANIZATION_ID", "acme", /must be the id of an organization/],
    ["access", "ALLOWED_EMAIL_DOMAINS", "@example.com", /must be domains with commas/],
    ["access", "ACCESS_CONTACT", "somebody", /must be an e-mail address or an https address/],
    ["alert-email", "ALERT_EMAIL_FROM", "alerts at example.com", /must be an address such as alerts@/], // agents:line
    ["alert-email", "ALERT_EMAIL_FROM", "Mosaic alerts@example.com", /must be an address such as/], // agents:line
    ["alert-email", "ALERT_EMAIL_FROM", "Mosaic <alerts@example.com>\nBcc: a@example.com", /must be an/], // agents:line
    ["alert-email", "ALERT_EMAIL_FROM", "a@example.com, b@example.com", /must be an address such as/], // agents:line
    ["alert-email", "ALERT_EMAIL_FROM", '"alerts@example.com"', BARE], // agents:line
    ["alert-email", "ALERT_EMAIL_FROM", "alerts@example.com", /RESEND_API_KEY is missing: ALERT_EMAIL_FROM/], // agents:line
    ["alert-email", "RESEND_API_KEY", "re_of_this_test", /ALERT_EMAIL_FROM is missing: RESEND_API_KEY/], // agents:line
    ["environment", "ADMIN_EMAILS", "ada at example.com", /must be e-mail addresses/],
    ["environment", "ADMIN_EMAILS", '"ada@example.com"', BARE],
  ])("%s: %s=%s", async (name, variable, value, words) => {
    const result = await check(name, { [variable]: value });
    expect(result.status).toBe("fail");
    expect(result.detail).toMatch(words);
    expect(result.detail).toContain(variable);
    expect(result.fix).toMatch(/^Set /);
    if (value !== "" && value !== "{}" && !/example/.test(value)) {
      expect(`${result.detail} ${result.fix}`).not.toContain(value);
    }
    if (name !== "environment") expect((await check("environment", { [variable]: value })).status).toBe("ok");
  });
});

test.each<[CheckName, string, string]>([
  ["redirect-uri", "APP_URL", "https://app.example.com/"],
  ["workos-api-key", "WORKOS_API_URL", "https://api.workos.com/"],
  ["workos-client", "WORKOS_API_URL", "https://api.workos.com/"],
  ["cookie-prefix", "APP_URL", "https://app.example.com/"],
  ["sign-out-redirect", "APP_URL", "https://app.example.com/"],
  ["sign-out-redirect", "WORKOS_API_URL", "https://api.workos.com/"],
  ["convex-functions", "CONVEX_URL", "http://convex.example.com"],
  ["convex-auth", "WORKOS_CLIENT_ID", "client with quotes'"],
  ["edge-secret", "CONVEX_URL", "http://convex.example.com"],
  ["webhook", "CONVEX_URL", "http://convex.example.com"],
])("%s is not checked while %s is wrong", async (name, variable, value) => {
  const result = await check(name, { [variable]: value === "client with quotes'" ? "quoted" : value });
  expect(result).toMatchObject({ status: "warn", detail: expect.stringMatching(/^not checked: /) });
});

test("suggests the deployment URL if CONVEX_URL is the URL of HTTP actions", async () => {
  const result = await check("convex-url", { CONVEX_URL: "https://happy-animal-123.eu-west-1.convex.site" });
  expect(result.status).toBe("fail");
  expect(result.detail).toContain("https://happy-animal-123.eu-west-1.convex.cloud");
});

// agents:start
test("emails go through Resend, to the local outbox, or nowhere", async () => {
  const resend = { RESEND_API_KEY: "re_of_this_test", ALERT_EMAIL_FROM: "Mosaic <alerts@example.com>" };
  const statusOf = async (values: Record<string, string>) => (await check("alert-email", values)).status;
  expect(await statusOf(resend)).toBe("ok");
  expect(await statusOf({ ...resend, ALERT_EMAIL_FROM: "alerts@example.com" })).toBe("ok");
  expect(await check("alert-email", {})).toMatchObject({
    status: "ok",
    detail: expect.stringContaining("outbox"),
  });
  const elsewhere: Record<string, string>[] = [
    { WORKOS_API_URL: "https://api.workos.com" },
    { CONVEX_URL: "https://happy-animal-123.convex.cloud" },
  ];
  for (const deployed of elsewhere) {
    expect(await check("alert-email", deployed)).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("not set"),
    });
  }
});
// agents:end

test("rejects the public local secrets outside this machine", async () => {
  const password = { WORKOS_COOKIE_PASSWORD: "local-only-cookie-password-change-me-0001" };
  expect((await check("cookie-password", password)).detail).toContain("which is public");
  const secret = "local-only-edge-secret-change-me-0000001";
  const convex = { CONVEX_URL: "https://happy-animal-123.convex.cloud", CONVEX_EDGE_SECRET: secret };
  expect((await check("edge-secret", convex)).detail).toContain("which is public");
});

test("warns if CONVEX_DEPLOYMENT and CONVEX_URL name different deployments", async () => {
  const values = {
    CONVEX_URL: "https://happy-animal-123.convex.cloud",
    CONVEX_DEPLOYMENT: "dev:sad-animal-9",
  };
  expect((await check("environment", values)).status).toBe("warn");
  const same = { ...values, CONVEX_DEPLOYMENT: "prod:happy-animal-123" };
  expect((await check("environment", same)).status).toBe("ok");
});

test("warns if APP_URL has another port of this machine", async () => {
  expect((await check("app-url", { APP_URL: "http://localhost:3000" })).status).toBe("warn");
});

test.each([
  ["https without a prefix is a warning", { COOKIE_PREFIX: "" }, "warn"],
  ["https with the prefix is ok", { COOKIE_PREFIX: "__Host-" }, "ok"],
  ["http is ok", { APP_URL: "http://localhost:8787", COOKIE_PREFIX: "" }, "ok"],
])("cookie-prefix: %s", async (_, values, status) => {
  expect((await check("cookie-prefix", values)).status).toBe(status);
});

test("sign-out-redirect is a warning with the address to set, except with an emulator", async () => {
  expect((await check("sign-out-redirect", {})).status).toBe("ok");
  expect(await check("sign-out-redirect", { WORKOS_API_URL: "https://api.workos.com" })).toMatchObject({
    status: "warn",
    fix: expect.stringContaining("https://app.example.com"),
  });
});
