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
  await field(page, "Key name").fill("Laptop");
  await button(page, "Create key").click();
  const key = await page
    .getByRole("status")
    .getByText(/^mosaic_/)
    .textContent();
  return { path: new URL(page.url()).pathname, key: key ?? "" };
}

/** Sends metrics with an API key, and expects that they are accepted. */
export async function sendMetrics(
  { appUrl }: Stack,
  key: string,
  metrics: { agent: string; name: string; value: number; at?: number }[],
): Promise<void> {
  const response = await fetch(`${appUrl}/api/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ metrics }),
  });
  expect(response.status).toBe(202);
}
