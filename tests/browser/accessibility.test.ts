import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { fieldOf, joined } from "../fields.ts";
import { PERSONS_PAGES } from "../pages.ts";
import { makeProject, sendBatch } from "./make-project.ts"; // agents:line
import { banner, LAYOUT_SHIFT_LIMIT, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";
import type { Visitor } from "./visitor.ts";

const stage = openStage();
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const GUEST = ["/", "/login", "/login?error=access_denied", "/about", "/nowhere"];
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** Returns everything that axe reports on a page with its script, including best practices. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

// agents:start
/** Creates a project whose agents have every health that needs no setting, and returns its paths. */
async function harbourPaths(visitor: Visitor): Promise<string[]> {
  const { path, key } = await makeProject(visitor, "Harbour");
  for (const batch of joined(fieldOf(12, Date.now()))) await sendBatch(stage.stack(), key, batch);
  // Before any page is measured, because its tiles would move when the agents arrive.
  const page = await visitor.open(path);
  await expect.poll(() => page.locator("li.agent").count()).toBe(12);
  await page.close();
  return [path, `${path}/agents/crawler`];
}
// agents:end

async function landmarks(page: Page): Promise<Record<string, number>> {
  const counts = ["banner", "main", "contentinfo"].map(async (role) => {
    return [role, await page.getByRole(role as "main").count()] as const;
  });
  return { ...Object.fromEntries(await Promise.all(counts)), h1: await page.locator("h1").count() };
}

/** Elements around a control that are part of its target. */
const TARGETS = [
  "label",
  "li.tile", // agents:line
].join();

/** Returns the visible controls that are less than 44 px high. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((targets) => {
    return [...document.querySelectorAll("a, button, input, select")]
      .filter((element) => element.getBoundingClientRect().height > 0)
      .map((element) => element.closest(targets) ?? element)
      .filter((element) => Math.round(element.getBoundingClientRect().height) < 44)
      .map((element) => element.outerHTML);
  }, TARGETS);
}

/** A name that does not wrap must not make a page wider than the window. */
const LONG_NAME = "W".repeat(100);

/** Expects that the page is no wider than the window of a phone, with this link in it. */
async function expectNarrow(page: Page, link: Locator): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  const box = await link.boundingBox();
  expect((box?.x ?? 0) + (box?.width ?? Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(PHONE.width);
}

// Each page is loaded once: its structure depends neither on the theme nor on the width.
test.each(["guest", "user"] as const)(
  "every page of a %s is accessible and stable, in both themes",
  async (who) => {
    const options = { colorScheme: "dark", viewport: PHONE } as const;
    const visitor = await (who === "user"
      ? stage.signedIn("ada@example.com", options)
      : stage.visitor(options));
    visitor.allow(/404 \(Not Found\)/);
    const titles: string[] = [];
    const paths: string[] = [...(who === "user" ? PERSONS_PAGES : GUEST)];
    if (who === "user") {
      const convex = await visitor.convex();
      const { _id: userId } = (await convex.query(api.users.viewer, {})) ?? {};
      await convex.mutation(api.users.updateProfile, { userId: userId ?? "", firstName: LONG_NAME });
      paths.push(...(await harbourPaths(visitor))); // agents:line
    }
    const page = await visitor.open("/about");
    const sign = banner(page)[who === "user" ? "signOut" : "signIn"];
    for (const path of paths) {
      await page.goto(path);
      if (path === "/about") await sign.waitFor();
      else if (who === "user") await untilLive(page);
      else await untilHydrated(page);
      await page.evaluate(axeSource);
      expect(await findings(page), path).toEqual([]);
      if (!path.startsWith("/projects/")) expect(await smallTargets(page), path).toEqual([]);
      await expectNarrow(page, sign);
      expect(await landmarks(page), path).toEqual({ banner: 1, main: 1, contentinfo: 1, h1: 1 });
      expect(await page.evaluate(() => window.layoutShift), path).toBeLessThan(LAYOUT_SHIFT_LIMIT);
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(DESK);
      expect(await findings(page), path).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.setViewportSize(PHONE);
      if (!path.includes("?")) titles.push(await page.title());
    }
    expect(new Set(titles).size, titles.join(" | ")).toBe(titles.length);
  },
);

test("a page has no animations if the user prefers reduced motion", async () => {
  const visitor = await stage.visitor({ reducedMotion: "reduce" });
  const page = await visitor.open("/");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
