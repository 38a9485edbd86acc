/** Runs `npm run doctor`, in a separate process or in this one, and starts the services that it checks. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminKeyFor, startConvex } from "convex-local";
import { startWorkOS } from "workos-local";
import { putTogether } from "../../local/config.ts";
import { examine } from "../../local/doctor/examine.ts";
import { asJson, CHECKS, type CheckName, type CheckResult } from "../../local/doctor/report.ts";
import { subjectOf } from "../../local/doctor/subject.ts";
import { portsFrom } from "../../local/ports.ts";
import { runVariables } from "../temporary.ts";

const root = process.cwd();

export const SECRETS = {
  WORKOS_API_KEY: "sk_live_key_of_the_doctors_tests",
  WORKOS_COOKIE_PASSWORD: "cookie-password-of-the-doctors-tests-01",
  WORKOS_WEBHOOK_SECRET: "webhook-secret-of-the-doctors-tests",
  CONVEX_EDGE_SECRET: "edge-secret-of-the-doctors-tests-0123456789",
} as const;

export const CLIENT_ID = "client_of_the_doctors_tests";

/** Time limit of a run in this process: one check may wait in vain, and nothing else takes long. */
export const HERE_MS = 8_000;
/** The contract's limit, for runs that also build this checkout's functions: how long depends on the machine. */
export const BUILDING_MS = 20_000;

export type Report = {
  /** Duration in milliseconds. */
  ms: number;
  results: CheckResult[];
  of(name: CheckName): CheckResult;
  /** The checks that failed. */
  failed: CheckName[];
};

/** Result of a doctor in a separate process. */
export type RunReport = Report & { code: number | null; stdout: string };

/**
 * Links the folders that the doctor needs into a new one, without this machine's `.dev.vars`. Runs in the same
 * folder share the build of the functions.
 */
function makeBareCheckout(folder: string): void {
  mkdirSync(folder);
  for (const name of ["app", "convex", "local", "node_modules"])
    symlinkSync(join(root, name), join(folder, name));
}

/** Runs the doctor in a separate process, in a bare checkout; see {@link Services}. */
async function runDoctor(
  cwd: string,
  environment: Record<string, string>,
  args: string[] = ["--json"],
  files: Record<string, string> = {},
): Promise<RunReport> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const start = performance.now();
  const child = spawn(process.execPath, ["local/doctor/main.ts", ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...runVariables(), PORT: "8787", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  for (const name of Object.keys(files)) rmSync(join(cwd, name));
  const ms = Math.round(performance.now() - start);
  if (stderr !== "") throw new Error(`The doctor complains:\n${stderr}`);
  requireNoSecret(environment, stdout);
  const results: CheckResult[] = args.includes("--json") ? JSON.parse(stdout) : [];
  return { ...reportOf(results, ms), code, stdout };
}

/** Bundling this checkout's functions takes longer than all the other checks. */
const ALL_BUT_FUNCTIONS = CHECKS.filter((name) => name !== "convex-functions");

/**
 * Runs the same checks in this process, because starting a process takes longer than most checks.
 *
 * @param environment - The whole configuration.
 * @param only - The checks to run.
 */
export async function examineHere(
  environment: Record<string, string>,
  only: readonly CheckName[] = ALL_BUT_FUNCTIONS,
): Promise<Report> {
  const start = performance.now();
  const config = putTogether(environment, {}, portsFrom("8787"), () => SECRETS.WORKOS_COOKIE_PASSWORD);
  const results = await examine(subjectOf(environment, config), only);
  requireNoSecret(environment, asJson(results));
  return reportOf(results, Math.round(performance.now() - start));
}

function requireNoSecret(environment: Record<string, string>, printed: string): void {
  for (const name of Object.keys(SECRETS)) {
    const secret = environment[name];
    if (secret && printed.includes(secret)) throw new Error(`The doctor prints ${name}.`);
  }
}

function reportOf(results: CheckResult[], ms: number): Report {
  return {
    ms,
    results,
    of: (name) => {
      const found = results.find((result) => result.name === name);
      if (!found) throw new Error(`no check ${name}`);
      return found;
    },
    failed: results.filter(({ status }) => status === "fail").map(({ name }) => name),
  };
}

export type Services = {
  workosUrl: string;
  convexUrl: string;
  siteUrl: string;
  /** A configuration that passes every check. */
  good: Record<string, string>;
  /**
   * Runs the doctor in a separate process.
   *
   * @param environment - The whole configuration; other variables are unset.
   * @param args - The doctor's arguments.
   * @param files - Additional files in the checkout by name, such as a `.dev.vars`.
   * @throws {Error} when the doctor writes to stderr or prints a secret.
   */
  runDoctor(
    environment: Record<string, string>,
    args?: string[],
    files?: Record<string, string>,
  ): Promise<RunReport>;
  /** Calls an endpoint below `/_local/`, which only the emulator has. */
  local(method: string, path: string, body?: unknown): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts the WorkOS emulator and a local Convex with this checkout's functions, configured for each other.
 */
export async function startServices(): Promise<Services> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-doctor-"));
  const workos = await startWorkOS({
    port: 0,
    dataFile: join(folder, "workos.sqlite"),
    clientId: CLIENT_ID,
    apiKey: SECRETS.WORKOS_API_KEY,
  });
  const convex = await startConvexWith(join(root, "convex"), { WORKOS_API_URL: workos.url });
  await convex.callWebhook();
  const good = {
    ...SECRETS,
    APP_URL: "https://app.example.com",
    WORKOS_CLIENT_ID: CLIENT_ID,
    WORKOS_API_URL: workos.url,
    CONVEX_URL: convex.url,
    ADMIN_EMAILS: "ada@example.com",
    COOKIE_PREFIX: "__Host-",
  };
  const local = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${workos.url}/_local/${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
      }),
    });
    if (!response.ok) throw new Error(`/_local/${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  };
  await local("PUT", "settings", { redirectUris: ["https://app.example.com/callback"] });
  const checkout = join(folder, "checkout");
  makeBareCheckout(checkout);
  return {
    runDoctor: (environment, args, files) => runDoctor(checkout, environment, args, files),
    workosUrl: workos.url,
    convexUrl: convex.url,
    siteUrl: convex.siteUrl,
    good,
    local,
    close: async () => {
      await convex.close();
      await workos.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Starts a local Convex.
 *
 * @param functionsDir - The folder of its functions.
 * @param environment - Variables that override the valid ones; "" removes one.
 */
export async function startConvexWith(functionsDir: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-doctor-"));
  const { WORKOS_WEBHOOK_SECRET, CONVEX_EDGE_SECRET } = SECRETS;
  const all = { WORKOS_CLIENT_ID: CLIENT_ID, WORKOS_WEBHOOK_SECRET, CONVEX_EDGE_SECRET, ...environment };
  const env = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  const dataFile = join(folder, "convex.sqlite");
  const convex = await startConvex({ functionsDir, port: 0, sitePort: 0, dataFile, env, log: () => {} });
  return {
    ...convex,
    /** Waits until HTTP actions answer: their thread starts with the first one, longer than a check may take. */
    callWebhook: async () => {
      const answer = await fetch(`${convex.siteUrl}/webhooks/workos`, { method: "POST", body: "{}" });
      await answer.arrayBuffer();
    },
    /** Stores a user who is an active admin. */
    addAdmin: async () => {
      const profile = { workosUserId: "user_admin", email: "ada@example.com", emailVerified: true };
      const times = { createdAt: Date.now(), updatedAt: Date.now() };
      const user = { ...profile, ...times, role: "admin", status: "active" };
      const answer = await fetch(`${convex.url}/api/local/documents`, {
        method: "POST",
        headers: { Authorization: `Convex ${adminKeyFor(dataFile)}`, "Content-Type": "application/json" },
        body: JSON.stringify({ table: "users", documents: [user], replace: false }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    close: async () => {
      await convex.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Copies this checkout's functions to a temporary folder next to the packages that they need. */
export function copyOfFunctions(): { dir: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-doctor-"));
  const dir = join(folder, "convex");
  cpSync(join(root, "convex"), dir, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return { dir, remove: () => rmSync(folder, { recursive: true }) };
}
