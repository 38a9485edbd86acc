/** `npm run shots`: takes a screenshot of every page in each theme, width and state. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { ensureBuild } from "../local/launch/build.ts";
import { launchChromium } from "./browser/chromium.ts";
import { Contexts } from "./browser/contexts.ts";
import { projectForm, untilLive } from "./browser/parts.ts";
import { type Stack, startStack } from "./browser/stack.ts";
import { Visitor } from "./browser/visitor.ts";
import { fieldOf, joined } from "./fields.ts";
import { checkTemporaryFolder, TemporaryFolderError } from "./temporary.ts";

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
const PERSON = {
  home: "/",
  dashboard: "/dashboard",
  alerts: "/alerts", // agents:line
  profile: "/profile",
  settings: "/settings",
  sessions: "/settings/sessions",
  activity: "/settings/activity",
  account: "/settings/account",
  organization: "/settings/organization",
};
const ADMIN = { users: "/admin/users", audit: "/admin/audit" };
// agents:start
const PROJECTS = [
  "Customer support",
  "Search and discovery",
  "Billing",
  "A project with a name that is a good deal longer than a line",
];

/** Numbers of agents of further projects. */
const FIELDS = [1, 60, 200];
// agents:end

type Scene = { state: string; email?: string; pages: Record<string, string>; live: boolean };

const log = (line: string) => void process.stdout.write(`${line}\n`);

try {
  checkTemporaryFolder();
} catch (error) {
  if (!(error instanceof TemporaryFolderError)) throw error;
  log(error.message);
  process.exit(1);
}
const signal = AbortSignal.timeout(600_000);
await ensureBuild({ root: process.cwd(), signal, log });
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const [stack, browser] = await Promise.all([startStack(), launchChromium()]);
try {
  const full = {
    ...PERSON,
    ...ADMIN,
    ...(await fill(browser, stack)), // agents:line
  };
  await shoot({ state: "guest", pages: GUEST, live: false });
  await shoot({ state: "empty", email: "grace@example.com", pages: PERSON, live: true });
  await shoot({ state: "full", email: "ada@example.com", pages: full, live: true });
  await stack.stopConvex();
  await shoot({ state: "stopped", email: "ada@example.com", pages: full, live: false });
} finally {
  await browser.close();
  await stack.close();
}

// agents:start
/**
 * Creates Ada's projects, some of them with agents in every health.
 *
 * @returns The paths of the pages to open, by name.
 */
async function fill(browser: Browser, stack: Stack): Promise<Record<string, string>> {
  const visitor = await Visitor.arrive(new Contexts(browser, stack.appUrl), stack, {
    javaScriptEnabled: false,
  });
  await visitor.signIn("ada@example.com");
  const page = await visitor.open("/dashboard");
  for (const name of PROJECTS) {
    const form = projectForm(page);
    await form.name.fill(name);
    await form.create.click();
    await form.entry(name).waitFor();
  }
  const pathOf = async (name: string) =>
    (await page.getByRole("link", { name, exact: true }).getAttribute("href")) ?? "";
  const [full, empty] = [await pathOf("Customer support"), await pathOf("Billing")];
  await page.goto(full);
  await page.getByLabel("Key name").fill("Laptop");
  await page.getByRole("button", { name: "Create key", exact: true }).click();
  const key = await page.getByText(/^mosaic_/).textContent();
  await sendField(stack, key, 8);
  const fields: Record<string, string> = {};
  for (const count of FIELDS) {
    await page.goto("/dashboard");
    const name = `${count} agents`;
    await page.getByLabel("Project name").fill(name);
    await page.getByRole("button", { name: "Create project", exact: true }).click();
    fields[`agents-${count}`] = await pathOf(name);
    await page.goto(fields[`agents-${count}`] ?? "");
    await page.getByLabel("Key name").fill("Field");
    await page.getByRole("button", { name: "Create key", exact: true }).click();
    await sendField(stack, await page.getByText(/^mosaic_/).textContent(), count);
  }
  // All reports are folded within two seconds.
  await page.waitForTimeout(3_000);
  await visitor.leave();
  return {
    project: full,
    "project-day": `${full}?range=24h&agent=triage&name=tickets`,
    "project-empty": empty,
    agent: `${full}/agents/crawler`,
    "agent-month": `${full}/agents/triage?name=cost+%24&range=30d`,
    ...fields,
  };
}

async function sendField(stack: Stack, key: string | null, count: number): Promise<void> {
  for (const batch of joined(fieldOf(count, Date.now()))) {
    const sent = await fetch(`${stack.appUrl}/api/v1/metrics`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(batch),
    });
    if (sent.status !== 202) throw new Error(`The metrics were answered ${sent.status}`);
  }
}
// agents:end

async function shoot({ state, email, pages, live }: Scene): Promise<void> {
  for (const colorScheme of THEMES) {
    for (const [width, height] of Object.entries(WIDTHS)) {
      const visitor = await Visitor.arrive(new Contexts(browser, stack.appUrl), stack, {
        colorScheme,
        viewport: { width: Number(width), height },
        reducedMotion: "reduce",
      });
      if (email !== undefined) await visitor.signIn(email);
      if (state === "stopped") visitor.allow(/ERR_CONNECTION_REFUSED/);
      for (const [name, path] of Object.entries(pages)) {
        const page = await visitor.open(path);
        if (live) await untilLive(page);
        const file = `${name}-${state}-${colorScheme}-${width}.png`;
        await page.evaluate(drawAll);
        await page.screenshot({ path: join(FOLDER, file), fullPage: true });
        log(join(FOLDER, file));
        await page.close();
      }
      for (const complaint of await visitor.leave()) log(`  ${complaint}`);
    }
  }
}

/**
 * Draws the whole page, also what Chromium leaves out below the window. Resolves after it has drawn a frame,
 * because it cannot capture a page before.
 */
function drawAll(): Promise<number> {
  // agents:start
  for (const tile of document.querySelectorAll<HTMLElement>("li.agent")) {
    tile.style.contentVisibility = "visible";
  }
  // agents:end
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
