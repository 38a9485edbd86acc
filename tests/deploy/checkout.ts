/** Copy of this checkout to deploy from: separate `build/`, no variable files, linked packages. */
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runVariables } from "../temporary.ts";

const root = process.cwd();

/** Files and folders that the app is built from. */
export const BUILT_FROM = [
  "app",
  "convex",
  "public",
  "workers",
  "package.json",
  "package-lock.json",
  "react-router.config.ts",
  "tsconfig.json",
  "vite.config.ts",
  "wrangler.toml",
];

/** Simulates a machine without an account or a network: every proxy points at a closed port. */
export const OFFLINE = {
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
  http_proxy: "http://127.0.0.1:9",
  NODE_USE_ENV_PROXY: "1",
};

export type Checkout = { dir: string; remove(): void };

/**
 * Copies the checkout to a temporary folder.
 *
 * @param tools - Sources that replace scripts of packages, such as `{ "convex/bin/main.js": source }`.
 */
export function copyCheckout(tools: Record<string, string> = {}): Checkout {
  const dir = mkdtempSync(join(tmpdir(), "mosaic-deploy-test-"));
  for (const name of ["local", ...BUILT_FROM]) cpSync(join(root, name), join(dir, name), { recursive: true });
  mkdirSync(join(dir, "node_modules"));
  const replaced = Object.keys(tools).map((file) => file.split("/")[0]);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!replaced.includes(name)) link(dir, name);
  }
  for (const [file, source] of Object.entries(tools)) replaceScript(dir, file, source);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function link(dir: string, path: string): void {
  symlinkSync(join(root, "node_modules", path), join(dir, "node_modules", path));
}

/** Replaces one script, such as `package/bin/script.js`, and links the rest of its package. */
function replaceScript(dir: string, file: string, source: string): void {
  const parts = file.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = join(...parts.slice(0, depth));
    mkdirSync(join(dir, "node_modules", folder));
    for (const entry of readdirSync(join(root, "node_modules", folder)))
      if (entry !== parts[depth]) link(dir, join(folder, entry));
  }
  writeFileSync(join(dir, "node_modules", file), source);
}

export type Run = { code: number | null; stdout: string; stderr: string; ms: number };

/**
 * Runs `npm run deploy`, or another script, in the copy.
 *
 * @param checkout - The copy to run in.
 * @param args - The arguments of the script.
 * @param environment - Variables in addition to PATH, HOME and the folders of the test run.
 * @param command - The script, as a path in the copy.
 */
export function runDeploy(
  checkout: Checkout,
  args: string[],
  environment: Record<string, string> = {},
  command = "local/deploy/main.ts",
): Promise<Run> {
  return run(checkout, [process.execPath, command, ...args], environment);
}

/**
 * Runs a step of the deployment's workflow in the copy, as GitHub does.
 *
 * @param part - What only the command of this step contains.
 */
export function runStep(checkout: Checkout, part: string, environment: Record<string, string>): Promise<Run> {
  const commands = readFileSync(join(root, ".github/workflows/deploy.yml"), "utf8")
    .split("\n")
    .flatMap((line) => /^ +(?:- )?run: (npm run deploy.*)$/.exec(line)?.[1] ?? []);
  return run(
    checkout,
    ["bash", "-e", "-c", commands.find((command) => command.includes(part)) ?? "exit 9"],
    environment,
  );
}

/** Makes a build for production one for another environment, which differs in the configuration only. */
export function nameBuild({ dir }: Checkout, environment: string): void {
  const file = join(dir, "build/server/wrangler.json");
  const built = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(
    file,
    JSON.stringify({ ...built, name: `mosaic-${environment}`, targetEnvironment: environment }),
  );
}

async function run(
  { dir }: Checkout,
  [command = "", ...args]: string[],
  environment: Record<string, string>,
): Promise<Run> {
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...runVariables(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result: Run = { code: null, stdout: "", stderr: "", ms: 0 };
  child.stdout.setEncoding("utf8").on("data", (text) => (result.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (result.stderr += text));
  result.code = await new Promise((resolve) => child.once("close", resolve));
  result.ms = Math.round(performance.now() - start);
  return result;
}
