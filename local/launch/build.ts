/** Build of the worker and its assets, skipped while `build/` is current. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { waitForLock } from "./lock.ts";

const INPUTS = [
  "app/**/*",
  "convex/**/*",
  "public/**/*",
  "workers/**/*",
  "package-lock.json",
  "react-router.config.ts",
  "tsconfig.json",
  "vite.config.ts",
  "wrangler.toml",
];

/**
 * File with the hash of the source that `build/` was made from. Written last, so that a failed build is never
 * current.
 */
const stampFile = (root: string) => join(root, "build", "source.sha256");

export type BuildOptions = {
  root: string;
  /** Builds even if `build/` is current. */
  always?: boolean;
  /** Where to copy the build while the lock prevents another build. */
  copyTo?: string;
  signal: AbortSignal;
  log: (line: string) => void;
};

/**
 * Makes `build/` current. Copies of Mosaic that start together build once: the others wait for the first.
 *
 * @throws {BuildError} with the output of the build.
 */
export async function ensureBuild({ root, always, copyTo, signal, log }: BuildOptions): Promise<void> {
  const lock = await waitForLock(join(root, ".local", "build.lock"), signal);
  try {
    const source = hashOf(root);
    if (always || !isCurrent(root, source)) {
      log("Building …");
      rmSync(join(root, "build"), { recursive: true, force: true });
      await runBuild(root, signal);
      // The plugin copies `.dev.vars` there. Wrangler reads the one in the checkout, so the copy would only
      // leak secrets.
      rmSync(join(root, "build", "server", ".dev.vars"), { force: true });
      writeFileSync(stampFile(root), source);
    }
    if (copyTo !== undefined) copyBuild(root, copyTo);
  } finally {
    lock.release();
  }
}

/** A build that failed. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

function isCurrent(root: string, source: string): boolean {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), "utf8") === source;
}

function copyBuild(root: string, target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(root, "build"), target, { recursive: true });
}

function hashOf(root: string): string {
  // The build depends on the environment of wrangler.toml.
  const hash = createHash("sha256").update(`${process.version}\0${process.env.CLOUDFLARE_ENV ?? ""}`);
  const files = globSync(INPUTS, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

async function runBuild(root: string, signal: AbortSignal): Promise<void> {
  // In the checkout, whose disk has room for a build. The system's temporary folder may be full.
  const temporary = join(root, ".local", "build-temporary");
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const build = startChild([join(root, "node_modules/@react-router/dev/bin.cjs"), "build"], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      TMPDIR: temporary,
      XDG_CONFIG_HOME: temporary,
      XDG_CACHE_HOME: temporary,
      WRANGLER_LOG_PATH: join(temporary, "logs"),
      WRANGLER_REGISTRY_PATH: join(temporary, "registry"),
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped = build.stop();
  };
  signal.addEventListener("abort", stop, { once: true });
  const outcome = await build.ended;
  await stopped;
  signal.removeEventListener("abort", stop);
  rmSync(temporary, { recursive: true, force: true });
  signal.throwIfAborted();
  if (outcome !== "exit code 0") throw new BuildError(`The build failed (${outcome}):\n${build.held()}`);
}
