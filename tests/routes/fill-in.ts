/** Fills in forms as a user sees them: by labels and buttons. */
import { expect } from "vitest";
import { type Answer, type Browser, locationOf } from "./browser.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";

type Filled = [path: string, button: string, values?: Record<string, string>];

/** Fills in fields by their labels and submits the form with the named button. */
export async function press(browser: Browser, ...filled: Filled): Promise<Answer> {
  return (await fillIn(browser, ...filled))();
}

/** Fills in fields by their labels, and returns a function that submits the form. */
export async function fillIn(
  browser: Browser,
  ...[path, button, values = {}]: Filled
): Promise<() => Promise<Answer>> {
  const page = new Page((await browser.get(path)).text);
  const form = page.form(button);
  expect(form, button).toBeDefined();
  const fields = { ...form?.fields };
  for (const [label, value] of Object.entries(values)) {
    fields[page.field(label)?.attributes.name ?? label] = value;
  }
  return () => browser.submit(form?.action || path, fields);
}

/** Follows the redirect after a form. Returns the notice on that page. */
export const statusOf = async (browser: Browser, answer: Answer) => {
  expect(answer.status, answer.text.slice(0, 300)).toBe(303);
  const { pathname = "", search = "" } = locationOf(answer, APP_URL) ?? {};
  return new Page((await browser.get(pathname + search)).text).role("status").join(" ");
};
