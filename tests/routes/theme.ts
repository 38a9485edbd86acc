/** Theme choice without JavaScript. */
import type { Answer, Browser } from "./browser.ts";
import { Page } from "./html.ts";

/**
 * Chooses a theme through a page's form.
 * @param browser - Browser that chooses.
 * @param path - Path of a page with the form.
 * @param label - Label of the theme.
 * @returns The form's response.
 * @throws {Error} when the page does not offer the theme.
 */
export async function chooseTheme(browser: Browser, path: string, label: string): Promise<Answer> {
  const page = new Page((await browser.get(path)).text);
  const radio = page.field(label);
  const form = radio === undefined ? undefined : page.formOf(radio);
  if (radio === undefined || form === undefined) throw new Error(`${path} has no choice ${label}`);
  const { name = "", value = "" } = radio.attributes;
  return browser.submit(form.action || path, { ...form.fields, [name]: value });
}

/**
 * Reads the theme of a page.
 * @param html - HTML of the page.
 * @returns The labels of the chosen theme, and the attributes of the `html` element as JSON.
 */
export function themeOf(html: string): { chosen: string[]; attributes: string } {
  const page = new Page(html);
  const labels = ["Light", "Dark", "System"];
  const chosen = labels.filter((label) => page.field(label)?.attributes.checked !== undefined);
  return { chosen, attributes: JSON.stringify(page.tags("html")[0]?.attributes) };
}
