/** Alerts in a browser: rules and channels by form, incidents live on both pages. */
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { makeProject, sendBatch } from "./make-project.ts";
import { heading, shows, status, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

const press = (within: Locator, name: string) => within.getByRole("button", { name, exact: true }).click();

test("rules and a channel are added in place, and an incident shows live on both pages", async () => {
  const visitor = await stage.signedIn("alerts@example.com");
  const { path, key } = await makeProject(visitor, "Watchtower");
  const page = await visitor.open(path);
  await untilLive(page);

  const section = page.getByRole("region", { name: "Alerts" });
  const list = (name: string) => section.getByRole("list", { name, exact: true });
  // Only the fields of the chosen kind of rule are shown.
  expect(await section.getByLabel("Metric").isVisible()).toBe(false);
  await section.getByLabel("When").selectOption("A metric crosses a value");
  expect(await section.getByLabel("For (minutes)").isVisible()).toBe(false);
  await section.getByLabel("Metric").fill("height");
  await section.getByLabel("Value").fill("not a number");
  await press(section, "Add rule");
  await shows(section, "Use a number.");
  await section.getByLabel("Value").fill("2.5");
  await press(section, "Add rule");
  await shows(list("Rules"), "Any agent has mean of height over 5 minutes above 2.5");
  await press(section, "Add the usual rules");
  await expect.poll(() => list("Rules").getByRole("listitem").count()).toBe(3);
  await shows(list("Channels"), "alerts@example.com");

  await section.getByLabel("Address").fill("https://example.com/alerts");
  await press(section, "Add channel");
  await status(page)
    .getByText(/^whsec_/)
    .waitFor();
  await press(list("Channels").getByRole("listitem").filter({ hasText: "Webhook" }), "Remove channel");
  await expect.poll(() => list("Channels").getByRole("listitem").count()).toBe(1);

  const alerts = await visitor.open("/alerts");
  await untilLive(alerts);
  await shows(alerts.getByRole("main"), "No open incidents");
  await sendBatch(stage.stack(), key, { metrics: [{ agent: "buoy", name: "height", value: 3 }] });
  const open = alerts.getByRole("list", { name: "Open incidents" }).getByRole("listitem");
  await shows(open, "buoy has mean of height over 5 minutes above 2.5");
  await shows(list("Incidents"), "Open");
  await shows(list("Deliveries"), "Delivered");
  await open.getByRole("link", { name: "Watchtower" }).click();
  await shows(heading(alerts), "Watchtower");
});
