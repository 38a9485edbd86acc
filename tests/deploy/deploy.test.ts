/** `npm run deploy` in one copied checkout: first the dry run with all real tools, then deploys to a local cloud. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NAMES } from "../../local/deploy/names.ts";
import { previewNameOf } from "../../local/deploy/preview.ts";
import { type Checkout, copyCheckout, nameBuild, OFFLINE, type Run, runDeploy, runStep } from "./checkout.ts";
import { type Cloud, previewValues, SECRETS, startCloud } from "./cloud.ts";
import { type Tool, toolSource } from "./tool.ts";

const TOOLS: Record<string, Tool> = {
  "convex/bin/main.js": "convex",
  "wrangler/bin/wrangler.js": "wrangler",
  "typescript/bin/tsc": "tsc",
  "@react-router/dev/bin.cjs": "react-router",
};

let checkout: Checkout;

beforeAll(() => {
  checkout = copyCheckout(
    Object.fromEntries(
      Object.entries(TOOLS).map(([file, tool]) => [
        file,
        toolSource(tool, join(process.cwd(), "node_modules", file)),
      ]),
    ),
  );
  writeFileSync(join(checkout.dir, ".dev.vars"), readFileSync(".dev.vars.example"));
});

afterAll(() => checkout.remove());

const WORKER_LIMIT_KIB = 350;

const SECRET = "cookie-password-that-must-not-be-built-in";

describe("npm run deploy -- --dry-run", () => {
  let run: Run;

  beforeAll(async () => {
    run = await runDeploy(checkout, ["--dry-run"], { ...OFFLINE, WORKOS_COOKIE_PASSWORD: SECRET });
  });

  test("exits with 0 without an account or a network", () => {
    process.stdout.write(`deploy --dry-run: ${run.ms} ms\n`);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(run.stdout.trimEnd().split("\n").at(-1)).toBe("Rehearsed. Nothing was changed.");
  });

  test("names every value that production requires", () => {
    for (const { name } of NAMES.filter(({ needed }) => needed)) expect(run.stdout).toContain(`  ${name} `);
  });

  test("lists the steps in order: Convex's variables, Convex's functions, then the worker", () => {
    const steps = [...run.stdout.matchAll(/^ {2}(\d+)\. (.*)$/gm)].map(([, , title]) => title ?? "");
    const at = (words: string) => steps.findIndex((title) => title.startsWith(words));
    const order = [
      "Look at WorkOS",
      "Typecheck",
      "Build",
      "Let wrangler",
      "Set Convex's variables",
      "Push Convex's functions",
      "Deploy the worker",
      "Let the doctor",
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("passes production's bundle to wrangler's dry run, with every binding, at less than 350 KiB gzipped", () => {
    expect(run.stdout).toContain("--dry-run: exiting now.");
    for (const binding of [
      "SESSION_REFRESHER",
      "NOTICES",
      "SIGN_IN_LIMIT",
      "SESSION_LIMIT",
      "ERROR_LIMIT",
      "INGESTION_LIMIT", // agents:line
      "ASSETS",
    ]) {
      expect(run.stdout).toContain(`env.${binding}`);
    }
    const built = JSON.parse(readFileSync(join(checkout.dir, "build/server/wrangler.json"), "utf8"));
    expect(built).toMatchObject({ name: "mosaic", targetEnvironment: "production" });
    const [said, kib] = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(run.stdout) ?? [];
    process.stdout.write(`${said}\n`);
    expect(Number(kib)).toBeLessThan(WORKER_LIMIT_KIB);
  });

  test("keeps values out of build/, even those in the environment and in .dev.vars", () => {
    const build = join(checkout.dir, "build");
    const files = readdirSync(build, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { parentPath, name } of files) {
      expect(name).not.toContain(".dev.vars");
      expect(readFileSync(join(parentPath, name), "utf8").includes(SECRET), name).toBe(false);
    }
    expect(run.stdout).not.toContain(SECRET);
  });

  test("says why a real deploy would be rejected", () => {
    expect(run.stdout).toContain("would be rejected");
  });
});

test("a dry run stops at a Convex function with a type error", async () => {
  const file = join(checkout.dir, "convex/doctor.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}\nexport const wrong: number = "text";\n`);
  const run = await runDeploy(checkout, ["--dry-run"], OFFLINE);
  writeFileSync(file, text);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain("convex/doctor.ts");
});

test("a deploy without a configuration, but with .dev.vars, stops at once and names every missing value", async () => {
  const before = existsSync(join(checkout.dir, ".wrangler"));
  const run = await runDeploy(checkout, [], OFFLINE);
  expect(run.code).toBe(1);
  expect(run.ms).toBeLessThan(10_000);
  for (const { name } of NAMES.filter(({ needed }) => needed))
    expect(run.stderr).toContain(`  ${name} is missing`);
  expect(run.stderr).toContain("nothing was changed");
  expect(existsSync(join(checkout.dir, ".wrangler"))).toBe(before);
});

test("a deploy reads .production.vars, and rejects by name each value that points at this machine", async () => {
  writeFileSync(join(checkout.dir, ".production.vars"), readFileSync(".dev.vars.example"));
  const run = await runDeploy(checkout, [], OFFLINE);
  rmSync(join(checkout.dir, ".production.vars"));
  expect(run.code).toBe(1);
  for (const name of ["APP_URL", "CONVEX_URL", "WORKOS_API_URL"]) {
    expect(run.stderr).toContain(`${name} points at this machine`);
  }
  expect(run.stderr).not.toContain("local-only");
});

test("a deploy rejects an unknown environment", async () => {
  const run = await runDeploy(checkout, ["--env", "moon"], OFFLINE);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("production, staging");
});

/**
 * A deploy that fails once, then succeeds. The dry run has typechecked the functions and built the worker with the
 * same steps, so the deploy gets its build. tests/deep has later failures, with a full build each.
 */
describe("a first deploy", () => {
  let cloud: Cloud;

  beforeAll(async () => {
    const [build, kept] = ["build", "kept"].map((name) => join(checkout.dir, name)) as [string, string];
    cpSync(build, kept, { recursive: true });
    cloud = await startCloud(join(checkout.dir, "convex"), (environment) => {
      cpSync(kept, build, { recursive: true });
      if (environment !== "production") nameBuild(checkout, environment);
    });
  });

  afterAll(() => cloud.close());

  async function deploy(): Promise<Run> {
    const run = await runDeploy(checkout, [], { ...cloud.reach, ...cloud.values });
    for (const secret of Object.values(SECRETS)) expect(run.stdout + run.stderr).not.toContain(secret);
    return run;
  }

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
    expect(run.stdout.trimEnd().split("\n").slice(-3)[0]).toMatch(/\d+ ok, \d+ warn, 0 fail/);
    expect([...run.stdout.matchAll(/^ *warn +(\S+)/gm)].map(([, check]) => check).sort()).toEqual([
      "access",
      "alert-email", // agents:line
      "cookie-prefix",
      "sign-out-redirect",
    ]);
    expect(run.stdout.trimEnd().split("\n").at(-1)).toBe(`Deployed: ${cloud.values.APP_URL}`);
    const made = cloud.calls.map(({ tool, args }) => `${tool} ${args[0]}`);
    expect(made).toEqual([
      "tsc -p",
      "react-router build",
      "convex env",
      "convex deploy",
      "convex env",
      "wrangler kv",
      "wrangler deploy",
    ]);
    expect(cloud.calls[1]?.environment).toMatchObject({ CLOUDFLARE_ENV: "production" });
  });

  test("sets Convex's variables and the fingerprint of the functions", () => {
    expect(cloud.variables).toEqual({
      ADMIN_EMAILS: "ada@example.com",
      // Empty, so that a value of an earlier deploy does not stay.
      ALERT_EMAIL_FROM: "", // agents:line
      ALLOWED_EMAIL_DOMAINS: "",
      APP_URL: cloud.values.APP_URL,
      CONVEX_EDGE_SECRET: SECRETS.CONVEX_EDGE_SECRET,
      FUNCTIONS_FINGERPRINT: expect.stringMatching(/^[0-9a-f]{64}$/),
      RESEND_API_KEY: "", // agents:line
      WORKOS_API_URL: cloud.values.WORKOS_API_URL,
      WORKOS_CLIENT_ID: cloud.values.WORKOS_CLIENT_ID,
      WORKOS_ISSUER: cloud.values.WORKOS_API_URL,
      WORKOS_ORGANIZATION_ID: "",
      WORKOS_WEBHOOK_SECRET: SECRETS.WORKOS_WEBHOOK_SECRET,
    });
  });

  test("gives the worker its secrets, variables, bindings and domain", () => {
    const worker = cloud.cloudflare.workers.get("mosaic");
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

  const KEYS: Record<Tool, string[]> = {
    tsc: [],
    "react-router": [],
    convex: ["CONVEX_DEPLOY_KEY"],
    wrangler: ["CLOUDFLARE_API_TOKEN"],
  };

  test("passes no secret in a command's arguments, and only its own key in a command's environment", () => {
    for (const { tool, args, environment } of cloud.calls.splice(0)) {
      for (const secret of Object.values(SECRETS)) expect(args.join(" ")).not.toContain(secret);
      const names = Object.keys(environment).filter((name) => name in SECRETS);
      expect(names).toEqual(KEYS[tool]);
    }
  });

  describe("the workflow", () => {
    const BRANCH = "feature/Ünï-42_X; exit 3";
    const NAME = previewNameOf(BRANCH);
    const WORKER = `mosaic-staging-${NAME}`;
    const values = (): Record<string, string> => ({
      ...previewValues(cloud),
      BRANCH,
      CLOUDFLARE_ENV: "staging",
      GITHUB_OUTPUT: join(checkout.dir, "output"),
    });
    const step = (part: string) => runStep(checkout, part, { ...cloud.reach, ...values() });
    test("deploys each push of a branch to its own worker and Convex deployment, and reports the address", async () => {
      const url = values().APP_URL?.replace("*", NAME) ?? "";
      await cloud.register([`${url}/callback`]);
      cloud.cloudflare.namespaces.push("mosaic-staging-notices");
      for (const _push of [1, 2]) {
        const { stdout, stderr, code } = await step("BRANCH:+");
        expect(code, stdout + stderr).toBe(0);
      }
      expect(cloud.cloudflare.workers.get(WORKER)?.domains).toEqual([new URL(url).hostname]);
      expect(cloud.variables.APP_URL).toBe(url);
      const pushes = cloud.calls.filter(({ tool, args }) => tool === "convex" && args[0] === "deploy");
      expect(pushes.map(({ args }) => args.includes(NAME))).toEqual([true, true]);
      expect(readFileSync(join(checkout.dir, "output"), "utf8")).toBe(`url=${url}\n`.repeat(2));
    });

    test("removes the worker of a deleted branch, and accepts that there is none", async () => {
      const first = await step("--remove");
      expect(first.code, first.stdout + first.stderr).toBe(0);
      expect([...cloud.cloudflare.workers.keys()]).toEqual(["mosaic"]);
      const second = await step("--remove");
      expect(second.code, second.stdout + second.stderr).toBe(0);
      expect(second.stdout).toContain(`There is no worker ${WORKER}.`);
    });
  });
});
