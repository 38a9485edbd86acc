import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fieldOf, joined } from "../fields.ts";
import { PERSONS_PAGES } from "../pages.ts";
import { createKey, sendBatch } from "./make-project.ts"; // agents:line
import { banner, projectForm, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const GUEST = ["/", "/login", "/login?error=access_denied", "/about", "/nowhere"];
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
/** Web Vitals rates a layout shift of up to 0.1 as good. */
const LAYOUT_SHIFT_LIMIT = 0.1;

/** Returns everything that axe reports, including best practices. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

// agents:start
/**
 * Returns the paths of the project "Harbour" and of one of its agents, and creates them if they do not exist.
 * Its agents have every health that needs no setting.
 */
async function harbourPaths(page: Page): Promise<string[]> {
  const form = projectForm(page);
  const exists = (await form.entry("Harbour").count()) > 0;
  if (!exists) {
    await form.name.fill("Harbour");
    await form.create.click();
  }
  const link = page.getByRole("link", { name: "Harbour", exact: true });
  const path = (await link.getAttribute("href")) ?? "";
  if (!exists) await sendField(page, path);
  return [path, `${path}/agents/crawler`];
}

async function sendField(page: Page, path: string): Promise<void> {
  await page.goto(path);
  const key = await createKey(page);
  for (const batch of joined(fieldOf(12, Date.now()))) {
    await sendBatch(stage.stack(), key, batch);
  }
  await expect.poll(() => page.locator("li.agent").count()).toBe(12);
}
// agents:end

async function landmarks(page: Page): Promise<Record<string, number>> {
  const counts = ["banner", "main", "contentinfo"].map(async (role) => {
    return [role, await page.getByRole(role as "main").count()] as const;
  });
  return { ...Object.fromEntries(await Promise.all(counts)), h1: await page.locator("h1").count() };
}

/** Returns the visible controls that are less than 44 px high. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("a, button, input, select")]
      .filter((element) => element.getBoundingClientRect().height > 0)
      // A label around a control is part of its target, and a tile is the target of its link.
      .map((element) => element.closest("label, li.tile") ?? element)
      .filter((element) => Math.round(element.getBoundingClientRect().height) < 44)
      .map((element) => element.outerHTML),
  );
}

// Colors do not depend on the width, so each theme is tested at one width.
test.each([
  ["a guest on a desktop in the light theme", DESK, "light", GUEST],
  ["a guest on a phone in the dark theme", PHONE, "dark", GUEST],
  ["a user on a desktop in the light theme", DESK, "light", PERSONS_PAGES],
  ["a user on a phone in the dark theme", PHONE, "dark", PERSONS_PAGES],
] as const)("every page is accessible and stable for %s", async (_who, viewport, colorScheme, paths) => {
  const signedIn = paths === PERSONS_PAGES;
  const options = { colorScheme, viewport };
  const visitor = signedIn ? await stage.signedIn("ada@example.com", options) : await stage.visitor(options);
  visitor.allow(/404 \(Not Found\)/);
  const titles: string[] = [];
  const toOpen: string[] = [...paths];
  // agents:start
  // Before any page is measured, because its tiles would move when the agents arrive.
  if (signedIn) {
    const setup = await visitor.open("/dashboard");
    await untilLive(setup);
    toOpen.push(...(await harbourPaths(setup)));
    await setup.close();
  }
  // agents:end
  const page = await visitor.open("/about");
  for (const path of toOpen) {
    await page.goto(path);
    if (path === "/about") await banner(page)[signedIn ? "signOut" : "signIn"].waitFor();
    else if (signedIn) await untilLive(page);
    else await untilHydrated(page);
    expect(await findings(page), path).toEqual([]);
    if (viewport === PHONE && !path.startsWith("/projects/"))
      expect(await smallTargets(page), path).toEqual([]);
    expect(await landmarks(page), path).toEqual({ banner: 1, main: 1, contentinfo: 1, h1: 1 });
    expect(await page.evaluate(() => window.layoutShift), path).toBeLessThan(LAYOUT_SHIFT_LIMIT);
    if (!path.includes("?")) titles.push(await page.title());
  }
  expect(new Set(titles).size, titles.join(" | ")).toBe(titles.length);
});

test("a page has no animations if the user prefers reduced motion", async () => {
  const visitor = await stage.visitor({ reducedMotion: "reduce" });
  const page = await visitor.open("/");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
