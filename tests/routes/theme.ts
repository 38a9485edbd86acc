/** Choosing a theme as a browser without JavaScript does. */
import type { Answer, Browser } from "./browser.ts";
import { Page } from "./html.ts";

/** Chooses a theme by its label on a page that has the choice. Throws where there is none. */
export async function chooseTheme(browser: Browser, path: string, label: string): Promise<Answer> {
  const page = new Page((await browser.get(path)).text);
  const radio = page.field(label);
  const form = radio === undefined ? undefined : page.formOf(radio);
  if (radio === undefined || form === undefined) throw new Error(`${path} has no choice ${label}`);
  const { name = "", value = "" } = radio.attributes;
  return browser.submit(form.action || path, { ...form.fields, [name]: value });
}

/** Which theme is chosen on a page, and what its `html` element says. */
export function themeOf(html: string): { chosen: string[]; attributes: string } {
  const page = new Page(html);
  const labels = ["Light", "Dark", "System"];
  const chosen = labels.filter((label) => page.field(label)?.attributes.checked !== undefined);
  return { chosen, attributes: JSON.stringify(page.tags("html")[0]?.attributes) };
}
