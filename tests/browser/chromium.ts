/** A Chromium to test in: the system's where there is one, else the one inside an npm package. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { type Browser, chromium } from "playwright-core";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/** A quiet browser: one that calls nobody by itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
];

type Found = { executablePath: string; env?: Record<string, string> };

/**
 * @param backForwardCache As people's browsers have it; Playwright's own goes without.
 * @throws when there is neither a system browser nor one in a package for this machine.
 */
export async function launchChromium({ backForwardCache = false } = {}): Promise<Browser> {
  const system = SYSTEM.find((path) => existsSync(path));
  const found: Found = system === undefined ? await packaged() : { executablePath: system };
  const ignoreDefaultArgs = backForwardCache ? ["--disable-back-forward-cache"] : [];
  return chromium.launch({ ...found, args: ARGUMENTS, ignoreDefaultArgs });
}

/**
 * Unpacks `@sparticuz/chromium`, once for each version, into a folder of ours. By itself it takes whatever lies
 * at `/tmp/chromium`, also what another version left or another process is still writing.
 */
async function packaged(): Promise<Found> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "Install Chromium or Chrome: the browser tests found none, and bring one for Linux x64 only.",
    );
  }
  const { default: bundle, inflate } = await import("@sparticuz/chromium");
  const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
  const { version } = createRequire(import.meta.url)(join(packageFolder, "package.json"));
  const folder = resolve(".local", `chromium-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    const tmpdir = process.env.TMPDIR;
    process.env.TMPDIR = unfinished; // where the package unpacks to
    try {
      await bundle.executablePath();
      await inflate(join(packageFolder, "bin", "al2023.tar.br")); // libraries that a bare system lacks
    } finally {
      if (tmpdir === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = tmpdir;
    }
    try {
      renameSync(unfinished, folder);
    } catch {
      rmSync(unfinished, { recursive: true, force: true }); // another process was first
    }
  }
  return {
    executablePath: join(folder, "chromium"),
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
      FONTCONFIG_PATH: join(folder, "fonts"),
    },
  };
}
