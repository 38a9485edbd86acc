/** Locators for the parts of a page, by accessible role and name. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Web Vitals rates a layout shift of up to 0.1 as good. */
export const LAYOUT_SHIFT_LIMIT = 0.1;

/** Returns the banner landmark and its links. */
export function banner(page: Page) {
  const landmark = page.getByRole("banner");
  return {
    landmark,
    signIn: landmark.getByRole("link", { name: "Sign in", exact: true }),
    signOut: landmark.getByRole("link", { name: "Sign out", exact: true }),
    place: (name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true }),
  };
}

export const heading = (page: Page) => page.getByRole("heading", { level: 1 });

export const status = (page: Page) => page.getByRole("status");

export const alert = (page: Page) => page.getByRole("alert");

export function profileForm(page: Page) {
  return {
    firstName: page.getByLabel("First name", { exact: true }),
    lastName: page.getByLabel("Last name", { exact: true }),
    save: page.getByRole("button", { name: "Save", exact: true }),
  };
}

// agents:start
export function projectForm(page: Page) {
  return {
    name: page.getByLabel("Project name", { exact: true }),
    create: page.getByRole("button", { name: "Create project", exact: true }),
    entry: (name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name }),
  };
}
// agents:end

export function themePicker(page: Page) {
  const group = page.getByRole("radiogroup", { name: "Theme", exact: true });
  return {
    group,
    choice: (name: string) => group.getByRole("radio", { name, exact: true }),
    /** Exists only without JavaScript, which saves a choice at once. */
    save: page.getByRole("button", { name: /^Save( theme)?$/ }),
  };
}

/** Returns the theme in the attributes of `<html>`. */
export const themeOf = (page: Page) => page.locator("html").getAttribute("data-theme");

/** Waits until the locator shows this text. */
export async function shows(locator: Locator, text: string | RegExp, timeout = 10_000): Promise<void> {
  await expect.poll(() => locator.textContent({ timeout }), { timeout }).toMatch(text);
}

/** Waits until the page announces this text, also beside another announcement. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  await status(page).filter({ hasText: text }).first().waitFor();
}

/** Waits until the tab is live, so that edits go over the socket. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByRole("contentinfo").getByText("Live", { exact: true }).waitFor();
}

/** Waits for hydration. Before it, the server handles a click. */
export async function untilHydrated(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("h1") ?? {}).some((key) => key.startsWith("__react")),
  );
}

/** Locate a button or a field by its name, and a list entry by its text. */
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
export const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
export const row = (page: Page, text: string) =>
  page.getByRole("main").getByRole("listitem").filter({ hasText: text }).last();
