import { describe, expect, test } from "vitest";
import { localDefaults } from "../config.ts";
import { portsFrom } from "../ports.ts";
import type { Environment } from "./asked.ts";
import { NAMES } from "./names.ts";
import { previewValues, problemsOf, settingsFrom } from "./settings.ts";

const GOOD: Record<string, string> = {
  APP_URL: "https://app.example.com",
  WORKOS_API_KEY: "sk_live_key_of_this_test",
  WORKOS_CLIENT_ID: "client_of_this_test",
  WORKOS_COOKIE_PASSWORD: "cookie-password-of-this-test-00000001",
  WORKOS_WEBHOOK_SECRET: "webhook-secret-of-this-test",
  CONVEX_URL: "https://happy-animal-123.convex.cloud",
  CONVEX_EDGE_SECRET: "edge-secret-of-this-test-000000000001",
  ADMIN_EMAILS: "ada@example.com",
  CONVEX_DEPLOY_KEY: "prod:happy-animal-123|eyJ2MiI6ImtleSJ9",
  CLOUDFLARE_API_TOKEN: "token-of-this-test-0000000000000000001",
  CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef",
};

function problemsWith(values: Record<string, string>, environment: Environment = "production"): string[] {
  return problemsOf(settingsFrom({ ...GOOD, ...values }), environment).map((p) => `${p.name} ${p.message}`);
}

const NEEDED = NAMES.filter(({ needed }) => needed).map(({ name }) => name);

test("accepts a complete configuration", () => {
  expect(problemsWith({})).toEqual([]);
});

test("reports each required setting once if nothing is set", () => {
  const names = problemsOf(settingsFrom({}), "production").map(({ name }) => name);
  expect(names).toEqual(NEEDED);
});

test.each(NEEDED)("reports only %s if it is missing", (name) => {
  expect(problemsWith({ [name]: "" }).map((problem) => problem.split(" ")[0])).toEqual([name]);
});

describe("values of this machine", () => {
  test("rejects all local defaults", () => {
    const defaults = localDefaults(portsFrom(undefined));
    const names = problemsWith(defaults).map((problem) => problem.split(" ")[0]);
    expect(names.sort()).toEqual(
      Object.keys(defaults)
        .filter((name) => name !== "ADMIN_EMAILS")
        .sort(),
    );
  });

  test.each([
    ["APP_URL", "http://localhost:8787"],
    ["APP_URL", "https://127.0.0.1"],
    ["CONVEX_URL", "http://[::1]:3210"],
    ["CONVEX_URL", "https://0.0.0.0"],
    ["WORKOS_API_URL", "http://127.0.0.1:8788"],
    ["SENTRY_DSN", "http://key@localhost:9000/1"],
  ])("reports that %s=%s points at this machine", (name, value) => {
    expect(problemsWith({ [name]: value })[0]).toContain(`${name} points at this machine`);
  });
});

test.each([
  ["APP_URL", "https://app.example.com/"],
  ["APP_URL", "http://app.example.com"],
  ["APP_URL", '"https://app.example.com"'],
  ["CONVEX_URL", "https://happy-animal-123.convex.cloud/"],
  ["CONVEX_URL", "https://happy-animal-123.convex.site"],
  ["WORKOS_API_KEY", "client_swapped"],
  ["WORKOS_API_KEY", " sk_live_spaced"],
  ["WORKOS_CLIENT_ID", "sk_live_swapped"],
  ["WORKOS_COOKIE_PASSWORD", "short"],
  ["WORKOS_WEBHOOK_SECRET", "'quoted'"],
  ["CONVEX_EDGE_SECRET", "short"],
  ["ADMIN_EMAILS", "ada"],
  ["WORKOS_REDIRECT_URI", "https://elsewhere.example.com/callback"],
  ["WORKOS_ISSUER", "login.example.com"],
  ["COOKIE_PREFIX", "__Secure-"],
  ["SENTRY_DSN", "https://sentry.example.com"],
  ["CLOUDFLARE_ACCOUNT_ID", "an-account"],
  ["CLOUDFLARE_API_TOKEN", '"quoted"'],
  ["CONVEX_DEPLOY_KEY", "a-key-without-a-bar"],
  ["CONVEX_DEPLOY_KEY", "preview:team:project|key"],
  ["CONVEX_DEPLOY_KEY", "prod:sad-animal-9|key"],
])("rejects %s=%s by name without showing the value", (name, value) => {
  const problems = problemsWith({ [name]: value });
  expect(problems.map((problem) => problem.split(" ")[0])).toContain(name);
  if (!value.startsWith("http") && value.length > 5) expect(problems.join("\n")).not.toContain(value);
});

test("accepts a WorkOS test key only for staging", () => {
  const values = { WORKOS_API_KEY: "sk_test_key_of_this_test" };
  expect(problemsWith(values)).toEqual([expect.stringMatching(/^WORKOS_API_KEY is a test key/)]);
  expect(problemsWith(values, "staging")).toEqual([]);
});

test("accepts a workers.dev address only of the environment's own worker", () => {
  expect(problemsWith({ APP_URL: "https://mosaic.team.workers.dev" })).toEqual([]);
  expect(problemsWith({ APP_URL: "https://mosaic-staging.team.workers.dev" })).toHaveLength(1);
  expect(problemsWith({ APP_URL: "https://mosaic-staging.team.workers.dev" }, "staging")).toEqual([]);
});

test("accepts an admin key instead of the deploy key for a self-hosted Convex", () => {
  const own = { CONVEX_URL: "https://convex.example.com", CONVEX_SELF_HOSTED_ADMIN_KEY: "own|0123456789" };
  expect(problemsWith({ ...own, CONVEX_DEPLOY_KEY: "" })).toEqual([]);
  expect(problemsWith(own)).toHaveLength(1);
});

test("sets the default WorkOS URL and issuer explicitly, because Convex must not read an unset variable", () => {
  expect(settingsFrom(GOOD).WORKOS_API_URL).toBe("https://api.workos.com");
  expect(settingsFrom(GOOD).WORKOS_ISSUER).toBe("https://api.workos.com");
});

describe("a preview", () => {
  const PREVIEW = {
    ...GOOD,
    APP_URL: "https://mosaic-staging-*.team.workers.dev",
    WORKOS_API_KEY: "sk_test_key_of_this_test",
    CONVEX_DEPLOY_KEY: "preview:team:mosaic|eyJ2MiI6ImtleSJ9",
  };
  const problemsOfPreview = (values: Record<string, string>) =>
    problemsOf(settingsFrom(previewValues({ ...PREVIEW, ...values }, "fix-42")), "staging", "fix-42").map(
      ({ name }) => name,
    );

  test("takes its address from the pattern, and no Convex URL, which Convex gives", () => {
    expect(problemsOfPreview({})).toEqual([]);
    expect(previewValues(PREVIEW, "fix-42")).toMatchObject({
      APP_URL: "https://mosaic-staging-fix-42.team.workers.dev",
      CONVEX_URL: "",
    });
  });

  test.each([
    ["APP_URL", "https://mosaic-staging.team.workers.dev"],
    ["APP_URL", "https://*.team.workers.dev"],
    ["APP_URL", ""],
    ["CONVEX_DEPLOY_KEY", "prod:happy-animal-123|key"],
    ["CONVEX_DEPLOY_KEY", "preview:happy-animal-123|key"],
    ["CONVEX_SELF_HOSTED_ADMIN_KEY", "own|0123456789"],
  ])("rejects %s=%s", (name, value) => {
    expect(problemsOfPreview({ [name]: value })).toEqual([name]);
  });
});
