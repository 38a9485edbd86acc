import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkout, copyCheckout, type Run, runDeploy } from "./checkout.ts";
import { type Cloud, SECRETS, startCloud } from "./cloud.ts";
import { toolSource } from "./tool.ts";

const packages = join(process.cwd(), "node_modules");

let checkout: Checkout;
let cloud: Cloud;

beforeAll(async () => {
  checkout = copyCheckout({
    "convex/bin/main.js": toolSource("convex", join(packages, "convex/bin/main.js")),
    "wrangler/bin/wrangler.js": toolSource("wrangler", join(packages, "wrangler/bin/wrangler.js")),
  });
  cloud = await startCloud(join(checkout.dir, "convex"));
});

afterAll(async () => {
  await cloud.close();
  checkout.remove();
});

async function deploy(): Promise<Run> {
  const run = await runDeploy(checkout, [], { ...cloud.reach, ...cloud.values });
  for (const secret of Object.values(SECRETS)) expect(run.stdout + run.stderr).not.toContain(secret);
  return run;
}

// The tests continue from each other: a deploy that fails once, then succeeds. tests/deep has later failures.
describe("a first deploy", () => {
  test("stops before it builds or changes anything if WorkOS rejects the redirect URI", async () => {
    await cloud.register(["https://elsewhere.example.com/callback"]);
    const run = await deploy();
    await cloud.register([`${cloud.values.APP_URL}/callback`]);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/fail {2}redirect-uri/);
    expect(run.stderr).toContain("Stopped at step 1");
    expect(run.stderr).toContain("Nothing was changed before it.");
    expect(cloud.calls).toEqual([]);
    expect(cloud.variables).toEqual({});
  });

  test("succeeds with the right redirect URI, and the doctor accepts the deployment", async () => {
    const run = await deploy();
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(run.stdout).toContain("11 ok, 4 warn, 0 fail");
    expect(run.stdout.trimEnd().split("\n").at(-1)).toBe(`Deployed: ${cloud.values.APP_URL}`);
    const made = cloud.calls.map(({ tool, args }) => `${tool} ${args[0]}`);
    expect(made).toEqual(["convex env", "convex deploy", "convex env", "wrangler kv", "wrangler deploy"]);
  });

  test("passes the doctor run separately with the same values", async () => {
    const values = { ...cloud.reach, ...cloud.values };
    const run = await runDeploy(checkout, ["--env", "production"], values, "local/doctor/main.ts");
    expect(run.stdout).toContain("11 ok, 4 warn, 0 fail");
    expect(run.code, run.stderr).toBe(0);
  });

  test("sets Convex's variables and the fingerprint of the functions", () => {
    expect(cloud.variables).toEqual({
      ADMIN_EMAILS: "ada@example.com",
      // Empty, so that a value of an earlier deploy does not stay.
      ALERT_EMAIL_FROM: "",
      ALLOWED_EMAIL_DOMAINS: "",
      APP_URL: cloud.values.APP_URL,
      CONVEX_EDGE_SECRET: SECRETS.CONVEX_EDGE_SECRET,
      FUNCTIONS_FINGERPRINT: expect.stringMatching(/^[0-9a-f]{64}$/),
      RESEND_API_KEY: "",
      WORKOS_API_URL: cloud.values.WORKOS_API_URL,
      WORKOS_CLIENT_ID: cloud.values.WORKOS_CLIENT_ID,
      WORKOS_ISSUER: cloud.values.WORKOS_API_URL,
      WORKOS_ORGANIZATION_ID: "",
      WORKOS_WEBHOOK_SECRET: SECRETS.WORKOS_WEBHOOK_SECRET,
    });
  });

  test("gives the worker its secrets, variables, bindings and domain", () => {
    const worker = cloud.cloudflare.worker();
    const of = (type: string) =>
      worker?.bindings.filter((one) => one.type === type).map(({ name }) => name) ?? [];
    expect(of("secret_text").sort()).toEqual([
      "APP_URL",
      "CONVEX_EDGE_SECRET",
      "CONVEX_URL",
      "WORKOS_API_KEY",
      "WORKOS_CLIENT_ID",
      "WORKOS_COOKIE_PASSWORD",
    ]);
    expect(worker?.bindings).toContainEqual({
      name: "WORKOS_API_URL",
      type: "plain_text",
      text: cloud.values.WORKOS_API_URL,
    });
    expect(of("durable_object_namespace")).toEqual(["SESSION_REFRESHER"]);
    expect(of("ratelimit").length).toBeGreaterThanOrEqual(3);
    expect(worker).toMatchObject({
      name: "mosaic",
      migrations: { new_tag: "v1" },
      domains: ["app.mosaic.test"],
    });
    expect(cloud.cloudflare.namespaces).toEqual(["mosaic-notices"]);
  });

  test("passes no secret in a command's arguments, and only its own key in a command's environment", () => {
    for (const { tool, args, environment } of cloud.calls.splice(0)) {
      for (const secret of Object.values(SECRETS)) expect(args.join(" ")).not.toContain(secret);
      const names = Object.keys(environment).filter((name) => name in SECRETS);
      expect(names).toEqual(tool === "convex" ? ["CONVEX_DEPLOY_KEY"] : ["CLOUDFLARE_API_TOKEN"]);
    }
  });
});
