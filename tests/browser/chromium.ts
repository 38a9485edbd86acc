/** The browser of all tests: the bundled Chromium on Linux x64, an installed one elsewhere. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserServer, chromium } from "playwright-core";
import { type BundledChromium, bundledChromium } from "./bundled-chromium.ts";

/** Where a browser may be installed on machines that the bundled one does not run on. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Keeps the browser from calling servers of its vendor. */
const ARGUMENTS = [
  "--no-sandbox",
  // Without these Chromium leaves its zygotes behind as zombies where process 1 waits for nobody.
  "--no-zygote",
  "--in-process-gpu",
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
 * @param options.backForwardCache - Keeps pages for the back button, as users' browsers do. Playwright turns it off.
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

/** `CHROMIUM_PATH` comes first. On Linux x64 an installed browser is ignored, so that every machine tests the same. */
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
