/** `npm run shots`: a picture of every page, light and dark, on a desk and on a phone, in every state, to be looked at. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { ensureBuild } from "../local/launch/build.ts";
import { launchChromium } from "./browser/chromium.ts";
import { projectForm, untilLive } from "./browser/parts.ts";
import { type Stack, startStack } from "./browser/stack.ts";
import { Visitor } from "./browser/visitor.ts";

const FOLDER = join(".local", "shots");
const WIDTHS = { 1280: 800, 360: 740 };
const THEMES = ["light", "dark"] as const;

const GUEST = {
  start: "/",
  login: "/login",
  "login-failed": "/login?error=expired_code",
  about: "/about",
  missing: "/nowhere",
};
const PERSON = { home: "/", dashboard: "/dashboard", profile: "/profile", settings: "/settings" };
const PROJECTS = [
  "Customer support",
  "Search and discovery",
  "Billing",
  "A project with a name that is a good deal longer than a line",
];

type Scene = { state: string; email?: string; pages: Record<string, string>; live: boolean };

const log = (line: string) => void process.stdout.write(`${line}\n`);

const signal = AbortSignal.timeout(600_000);
await ensureBuild({ root: process.cwd(), signal, log });
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const [stack, browser] = await Promise.all([startStack(), launchChromium()]);
try {
  await fill(browser, stack);
  await shoot({ state: "guest", pages: GUEST, live: false });
  await shoot({ state: "empty", email: "grace@example.com", pages: PERSON, live: true });
  await shoot({ state: "full", email: "ada@example.com", pages: PERSON, live: true });
  await stack.stopConvex();
  await shoot({ state: "stopped", email: "ada@example.com", pages: PERSON, live: false });
} finally {
  await browser.close();
  await stack.close();
}

/** Gives Ada something to look at. */
async function fill(browser: Browser, stack: Stack): Promise<void> {
  const visitor = await Visitor.arrive(browser, stack, { javaScriptEnabled: false });
  await visitor.signIn("ada@example.com");
  const page = await visitor.open("/dashboard");
  for (const name of PROJECTS) {
    const form = projectForm(page);
    await form.name.fill(name);
    await form.create.click();
    await form.entry(name).waitFor();
  }
  await visitor.leave();
}

async function shoot({ state, email, pages, live }: Scene): Promise<void> {
  for (const colorScheme of THEMES) {
    for (const [width, height] of Object.entries(WIDTHS)) {
      const visitor = await Visitor.arrive(browser, stack, {
        colorScheme,
        viewport: { width: Number(width), height },
        reducedMotion: "reduce",
      });
      if (email !== undefined) await visitor.signIn(email);
      for (const [name, path] of Object.entries(pages)) {
        const page = await visitor.open(path);
        if (live) await untilLive(page);
        const file = `${name}-${state}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: join(FOLDER, file), fullPage: true });
        log(join(FOLDER, file));
        await page.close();
      }
      for (const complaint of await visitor.leave()) log(`  ${complaint}`);
    }
  }
}
