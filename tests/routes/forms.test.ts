/** Forms without JavaScript: 303 if the input is valid, 400 with the input kept if not. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf, locationOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";
import { chooseTheme, themeOf } from "./theme.ts";

const app = startMosaic();

async function signInUser(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

/** Fills in fields by their labels and submits the form with the named button. */
async function fill(
  browser: Browser,
  path: string,
  button: string,
  values: Record<string, string>,
): Promise<Answer> {
  const page = new Page((await browser.get(path)).text);
  const form = page.form(button);
  expect(form?.method, `a form with a button ${button}`).toBe("POST");
  const fields = { ...form?.fields };
  for (const [label, value] of Object.entries(values)) {
    const name = page.field(label)?.attributes.name;
    expect(name, `a field ${label}`).toBeDefined();
    fields[name ?? ""] = value;
  }
  return browser.submit(form?.action || path, fields);
}

/** Follows a 303 redirect. */
async function follow(browser: Browser, answer: Answer): Promise<Answer> {
  expect(answer.status, answer.text.slice(0, 400)).toBe(303);
  const location = locationOf(answer, APP_URL);
  return browser.get(`${location?.pathname}${location?.search}`);
}

async function viewer(browser: Browser): Promise<Record<string, unknown>> {
  const { token } = jsonOf<{ token: string }>(await browser.token());
  return (
    (await (await app.convex("query", "users:viewer", {}, token)).json()) as {
      value: Record<string, unknown>;
    }
  ).value;
}

describe("the profile form", () => {
  it("saves new names in Convex and shows the notice once", async () => {
    const browser = await signInUser();
    const saved = await fill(browser, "/profile", "Save", { "First name": "  Zoë ", "Last name": "O’Brien" });
    expect(saved).toBeForOnePerson();
    const page = await follow(browser, saved);
    expect(new Page(page.text).role("status").join(" ")).toContain("Saved");
    expect(new Page(page.text).field("First name")?.attributes.value).toBe("Zoë");
    expect(new Page(page.text).field("Last name")?.attributes.value).toBe("O’Brien");
    expect(new Page((await browser.get("/profile")).text).role("status").join(" ")).not.toContain("Saved");
    expect(await viewer(browser)).toMatchObject({ firstName: "Zoë", lastName: "O’Brien" });
    expect((await browser.get("/")).text).toContain("Welcome back, Zoë!");
  });

  it("saves a name that the next sign-in does not overwrite", async () => {
    const browser = await signInUser("grace@example.com");
    await fill(browser, "/profile", "Save", { "First name": "Amazing", "Last name": "Grace" });
    const again = await signInUser("grace@example.com");
    expect(new Page((await again.get("/profile")).text).field("First name")?.attributes.value).toBe(
      "Amazing",
    );
  });

  it("saves only changed fields, so that stale values do not overwrite newer ones", async () => {
    const browser = await signInUser();
    await fill(browser, "/profile", "Save", { "First name": "Amazing", "Last name": "Hopper" });
    app.outbound.fail("convex", { kind: "status", status: 503, body: "" });
    const shown = new Page((await browser.get("/profile")).text).form("Save")?.fields ?? {};
    app.outbound.heal();
    expect(shown.firstName).not.toBe("Amazing");
    await follow(browser, await browser.submit("/profile", { ...shown, lastName: "Grace" }));
    expect(await viewer(browser)).toMatchObject({ firstName: "Amazing", lastName: "Grace" });
  });

  it("accepts an empty name", async () => {
    const browser = await signInUser();
    expect((await fill(browser, "/profile", "Save", { "First name": "", "Last name": "" })).status).toBe(303);
  });

  it.each([
    ["too long", "x".repeat(101)],
    ["with a control character", "a\u0007b"],
    ["with a line break", "a\nb"],
  ])("rejects a name that is %s with an error at its field, and keeps the input", async (_what, name) => {
    const browser = await signInUser();
    const answer = await fill(browser, "/profile", "Save", { "First name": name, "Last name": "Kept" });
    expect([400, 422]).toContain(answer.status);
    expect(answer).toBeSafeHtml(answer.status);
    const page = new Page(answer.text);
    const field = page.field("First name");
    expect(field?.attributes["aria-invalid"]).toBe("true");
    expect(page.description(field ?? { tag: "", attributes: {}, children: [] })).toMatch(/\w+ \w+/);
    expect(field?.attributes.value?.replace(/\r?\n/g, "")).toBe(name.replace("\n", ""));
    expect(page.field("Last name")?.attributes.value).toBe("Kept");
    expect(page.field("Last name")?.attributes["aria-invalid"]).not.toBe("true");
    expect(await viewer(browser)).not.toMatchObject({ lastName: "Kept" });
  });

  it("escapes a name that looks like markup", async () => {
    const browser = await signInUser();
    const name = `"><script>alert('x')</script>`;
    const page = await follow(
      browser,
      await fill(browser, "/profile", "Save", { "First name": name, "Last name": "</title>" }),
    );
    expect(page.text).not.toContain("<script>alert('x')");
    expect(new Page(page.text).field("First name")?.attributes.value).toBe(name);
    expect((await browser.get("/")).text).not.toContain("<script>alert('x')");
  });

  it("ignores a user id in the form", async () => {
    const [ann, ben] = [await signInUser(), await signInUser()];
    const page = new Page((await ann.get("/profile")).text);
    const fields = {
      ...page.form("Save")?.fields,
      userId: String((await viewer(ben))._id),
      workosUserId: "user_x",
    };
    await ann.submit("/profile", { ...fields, [page.field("First name")?.attributes.name ?? ""]: "Stolen" });
    expect(await viewer(ben)).not.toMatchObject({ firstName: "Stolen" });
  });

  it("redirects a guest to the sign-in page", async () => {
    const answer = await app.browser().submit("/profile", { firstName: "Eve" });
    expect([302, 303]).toContain(answer.status);
    expect(locationOf(answer, APP_URL)?.pathname).toBe("/login");
  });
});

describe("the notice after a redirect", () => {
  it("is cleared when the user changes", async () => {
    const browser = await signInUser();
    const save = () => fill(browser, "/profile", "Save", { "First name": "Ida" });
    expect((await save()).status).toBe(303);
    await browser.get("/api/auth/logout");
    expect(new Page((await browser.get("/")).text).role("status").join(" ")).not.toContain("Saved");
    await signIn(browser, app.person());
    expect((await save()).status).toBe(303);
    await signIn(browser, app.person());
    expect(new Page((await browser.get("/dashboard")).text).role("status").join(" ")).not.toContain("Saved");
  });

  it("is not cleared by HEAD or by prefetched data", async () => {
    const browser = await signInUser();
    await fill(browser, "/profile", "Save", { "First name": "Ann" });
    await browser.send("HEAD", "/profile");
    await browser.data("/profile", { headers: { "sec-purpose": "prefetch" } });
    expect(new Page((await browser.get("/profile")).text).role("status").join(" ")).toContain("Saved");
  });

  it("is shown only in the browser that submitted the form", async () => {
    const [ann, ben] = [await signInUser(), await signInUser()];
    await fill(ann, "/profile", "Save", { "First name": "Ann" });
    expect(new Page((await ben.get("/profile")).text).role("status").join(" ")).not.toContain("Saved");
  });
});

describe("the theme", () => {
  it.each(["/settings", "/"])("is a radio group with System as the default (%s)", async (path) => {
    const browser = path === "/" ? app.browser() : await signInUser();
    const page = new Page((await browser.get(path)).text);
    expect(themeOf((await browser.get(path)).text).chosen).toEqual(["System"]);
    const group = page.all(({ tag, attributes }) => tag === "fieldset" || attributes.role === "radiogroup");
    expect(group.map(textOf).join(" ")).toMatch(/Theme/);
  });

  it.each([
    ["/settings", "Dark"],
    ["/settings", "Light"],
    ["/", "Dark"],
    ["/", "Light"],
  ])("chosen at %s (%s) is in the initial HTML of every page", async (path, label) => {
    const browser = path === "/" ? app.browser() : await signInUser();
    const page = await follow(browser, await chooseTheme(browser, path, label));
    expect(themeOf(page.text).chosen).toEqual([label]);
    for (const other of ["/", "/login?error=access_denied", "/no/such/page"]) {
      expect(themeOf((await browser.get(other)).text).attributes, other).toContain(label.toLowerCase());
    }
  });

  it("is stored with the user and applies in another browser", async () => {
    const email = app.person();
    const browser = await signInUser(email);
    await follow(browser, await chooseTheme(browser, "/settings", "Dark"));
    expect(await viewer(browser)).toMatchObject({ preferences: { theme: "dark" } });
    const elsewhere = await signInUser(email);
    expect(themeOf((await elsewhere.get("/settings")).text).chosen).toEqual(["Dark"]);
  });

  it("chosen by a guest is stored at sign-in if none is stored", async () => {
    const browser = app.browser();
    await follow(browser, await chooseTheme(browser, "/", "Dark"));
    await signIn(browser, app.person());
    await browser.get("/dashboard");
    await expect
      .poll(async () => (await viewer(browser)).preferences, { timeout: 5_000 })
      .toMatchObject({ theme: "dark" });
  });

  it("stored with the user wins over the browser's at sign-in", async () => {
    const email = app.person();
    const first = await signInUser(email);
    await follow(first, await chooseTheme(first, "/settings", "Light"));
    const browser = app.browser();
    await follow(browser, await chooseTheme(browser, "/", "Dark"));
    await signIn(browser, email);
    expect(themeOf((await browser.get("/settings")).text).chosen).toEqual(["Light"]);
  });

  it("with an unknown value is rejected", async () => {
    const browser = await signInUser();
    const page = new Page((await browser.get("/settings")).text);
    const radio = page.field("Dark");
    const form = radio === undefined ? undefined : page.formOf(radio);
    const name = radio?.attributes.name ?? "";
    for (const value of ["purple", "", "__proto__", '"><script>']) {
      const answer = await browser.submit(form?.action || "/settings", { ...form?.fields, [name]: value });
      expect([400, 422], value).toContain(answer.status);
    }
  });

  it("is System if the cookie is malformed", async () => {
    const browser = app.browser();
    await follow(browser, await chooseTheme(browser, "/", "Dark"));
    for (const { name, path } of browser.jar.all()) browser.jar.put(name, "%E0%A4%A", path);
    const page = await browser.get("/");
    expect(page.status).toBe(200);
    expect(themeOf(page.text).chosen).toEqual(["System"]);
  });
});

// agents:start
describe("a project", () => {
  it("is created and listed at once", async () => {
    const browser = await signInUser();
    const page = await follow(
      browser,
      await fill(browser, "/dashboard", "Create project", { "Project name": " Nightly build " }),
    );
    expect(page.status).toBe(200);
    const list = new Page((await browser.get("/dashboard")).text);
    const items = list.all(({ tag }) => tag === "li" || tag === "tr" || tag === "article").map(textOf);
    expect(items.some((text) => text.includes("Nightly build"))).toBe(true);
  });

  it.each([
    ["an empty name", ""],
    ["a name of spaces", "   "],
    ["a name that is too long", "p".repeat(101)],
    ["a control character in its name", "a\u0000b"],
  ])("with %s is rejected with an error at the field, and the input is kept", async (_what, name) => {
    const browser = await signInUser();
    const answer = await fill(browser, "/dashboard", "Create project", { "Project name": name });
    expect([400, 422]).toContain(answer.status);
    const page = new Page(answer.text);
    const field = page.field("Project name");
    expect(field?.attributes["aria-invalid"]).toBe("true");
    expect(page.description(field ?? { tag: "", attributes: {}, children: [] })).toMatch(/\w/);
    if (!name.includes("\u0000")) expect(field?.attributes.value).toBe(name);
  });

  it("is not listed for other users", async () => {
    const [ann, ben] = [await signInUser(), await signInUser()];
    await fill(ann, "/dashboard", "Create project", { "Project name": "Only Ann’s" });
    expect((await ben.get("/dashboard")).text).not.toContain("Only Ann’s");
  });

  it("cannot be created by a viewer, and an alert says so", async () => {
    const alan = await signInUser("alan@example.com");
    const page = new Page((await alan.get("/dashboard")).text);
    const name = page.field("Project name")?.attributes.name ?? "name";
    const answer = await alan.submit("/dashboard", {
      ...page.form("Create project")?.fields,
      [name]: "Forbidden fruit",
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer).toSayAlert();
    expect((await alan.get("/dashboard")).text).not.toMatch(/<(li|tr|article)[^>]*>[\s\S]*Forbidden fruit/);
  });
});
// agents:end
