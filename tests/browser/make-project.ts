/** Projects for browser tests, and metrics for them. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { button, field, heading, shows } from "./parts.ts";
import type { Stack } from "./stack.ts";

/** Creates a project and an API key through the pages, and returns the project's path and the key. */
export async function makeProject(page: Page, name: string): Promise<{ path: string; key: string }> {
  await page.goto("/dashboard");
  await field(page, "Project name").fill(name);
  await button(page, "Create project").click();
  await page.getByRole("link", { name, exact: true }).click();
  await shows(heading(page), name);
  return { path: new URL(page.url()).pathname, key: await createKey(page) };
}

/** Creates an API key on the page of a project. */
export async function createKey(page: Page): Promise<string> {
  await field(page, "Key name").fill("Laptop");
  await button(page, "Create key").click();
  const key = page.getByRole("status").getByText(/^mosaic_/);
  return (await key.textContent()) ?? "";
}

/** A body of `POST /api/v1/metrics`. */
export type Batch = {
  metrics?: { agent: string; name: string; value: number; at?: number; kind?: "gauge" | "counter" }[];
  statuses?: { agent: string; state: string; message?: string; at?: number }[];
};

/** Sends a batch with an API key, and expects that it is accepted. */
export async function sendBatch({ appUrl }: Pick<Stack, "appUrl">, key: string, batch: Batch): Promise<void> {
  const response = await fetch(`${appUrl}/api/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(batch),
  });
  expect(response.status, await response.text()).toBe(202);
}
