/** The browser of all tests: the bundled Chromium on Linux x64, an installed browser otherwise. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserServer, chromium } from "playwright-core";
import { type BundledChromium, bundledChromium } from "./bundled-chromium.ts";

/** Paths of installed browsers, for machines that cannot run the bundled one. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Flags that also keep the browser from calling its vendor's servers. */
const ARGUMENTS = [
  "--no-sandbox",
  // Without these two, Chromium leaves zombie zygotes if process 1 does not reap orphans.
  "--no-zygote",
  "--in-process-gpu",
  // The tabs of a context share a process: starting one costs as much as loading a page.
  "--renderer-process-limit=1",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
];

type Chosen = Pick<BundledChromium, "executablePath"> & Partial<BundledChromium>;

/**
 * Starts the browser.
 *
 * @param options.backForwardCache - Enables the back-forward cache, which Playwright disables by default.
 * @throws {Error} when there is no browser for this machine.
 */
export async function launchChromium({ backForwardCache = false } = {}): Promise<Browser> {
  const chosen = await chooseChromium();
  const ignoreDefaultArgs = backForwardCache ? ["--disable-back-forward-cache"] : [];
  return chromium.launch({ ...chosen, args: ARGUMENTS, ignoreDefaultArgs });
}

/**
 * Starts the browser as a server that other processes connect to.
 *
 * @throws {Error} when there is no browser for this machine.
 */
export async function serveChromium(): Promise<BrowserServer> {
  return chromium.launchServer({ ...(await chooseChromium()), args: ARGUMENTS, host: "127.0.0.1" });
}

/**
 * Prefers `CHROMIUM_PATH`. Ignores installed browsers on Linux x64, so that every machine tests the same one.
 */
async function chooseChromium(): Promise<Chosen> {
  const selected = process.env.CHROMIUM_PATH;
  if (selected) {
    if (!existsSync(selected))
      throw new Error("CHROMIUM_PATH names no file. Set it to a browser, or unset it.");
    return { executablePath: selected };
  }
  if (process.platform === "linux" && process.arch === "x64") return bundledChromium();
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed === undefined) {
    throw new Error("No browser found. Install Chrome or Chromium, or set CHROMIUM_PATH to one.");
  }
  return { executablePath: installed };
}
