import { expect, test } from "vitest";
import {
  banner,
  heading,
  profileForm,
  projectForm,
  said,
  shows,
  status,
  themeOf,
  themePicker,
} from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();
const javaScriptEnabled = false;

test("without JavaScript a user signs in, saves their name, and signs out", async () => {
  const visitor = await stage.visitor({ javaScriptEnabled });
  const page = await visitor.open("/login?returnTo=/profile");
  await page.getByRole("link", { name: "Sign In with WorkOS", exact: true }).click();
  await page.getByRole("button", { name: "ada@example.com" }).click();
  await shows(heading(page), "Profile");
  await profileForm(page).firstName.fill("Augusta");
  await profileForm(page).save.click();
  await said(page, "Saved");
  expect(await profileForm(page).firstName.inputValue()).toBe("Augusta");
  await shows(banner(page).landmark, "Augusta");
  await page.reload();
  expect(await status(page).count()).toBe(0);
  await banner(page).signOut.click();
  await shows(heading(page), "Welcome, guest!");
});

// agents:start
test("without JavaScript a user creates a project, and an invalid name is kept next to its error", async () => {
  const visitor = await stage.signedIn("grace@example.com", { javaScriptEnabled });
  visitor.allow(/400 \(Bad Request\)|422/);
  const page = await visitor.open("/dashboard");
  const form = projectForm(page);
  await form.name.fill("Harbour");
  await form.create.click();
  await form.entry("Harbour").waitFor();
  await form.name.fill("   ");
  await form.create.click();
  expect(await form.name.getAttribute("aria-invalid")).toBe("true");
  const described = await form.name.getAttribute("aria-describedby");
  expect(described).not.toBeNull();
  for (const id of (described ?? "").split(" ")) {
    expect((await page.locator(`[id="${id}"]`).textContent())?.length).toBeGreaterThan(0);
  }
  expect(await form.name.inputValue()).toBe("   ");
  expect(await form.entry("Harbour").count()).toBe(1);
});
// agents:end

// agents:start
test("without JavaScript the key button of a project creates a key for that project", async () => {
  const page = await (await stage.signedIn("keys@example.com", { javaScriptEnabled })).open("/dashboard");
  const form = projectForm(page);
  for (const name of ["North quay", "South quay"]) {
    await form.name.fill(name);
    await form.create.click();
    await form.entry(name).waitFor();
  }
  await form.entry("North quay").getByRole("button").click();
  await shows(heading(page), "North quay");
  await shows(page.getByRole("main"), /Bearer mosaic_/);
});
// agents:end

test("without JavaScript a guest and a user choose a theme", async () => {
  const visitor = await stage.visitor({ javaScriptEnabled });
  const page = await visitor.open("/");
  await themePicker(page).choice("Dark").check();
  await themePicker(page).save.click();
  expect(await themeOf(page)).toBe("dark");
  await visitor.signIn("alan@example.com");
  await page.goto("/settings");
  expect(await themePicker(page).choice("Dark").isChecked()).toBe(true);
  await themePicker(page).choice("Light").check();
  await themePicker(page).save.click();
  await said(page, "Saved");
  expect(await themeOf(page)).toBe("light");
});

// agents:start
test("without JavaScript a viewer sees no form that would be rejected, and no connection status", async () => {
  const visitor = await stage.signedIn("alan@example.com", { javaScriptEnabled });
  const page = await visitor.open("/dashboard");
  await shows(heading(page), "Dashboard");
  expect(await projectForm(page).create.count()).toBe(0);
  expect(await page.getByRole("contentinfo").textContent()).not.toMatch(/Connecting|Live/);
});
// agents:end
