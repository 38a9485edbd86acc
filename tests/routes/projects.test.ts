/** Project pages: access and forms. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf, locationOf } from "./browser.ts";
import { fillIn, press, statusOf } from "./fill-in.ts";
import { Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

async function signInUser(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

async function convex<T>(
  browser: Browser,
  kind: "query" | "mutation",
  name: string,
  args: object,
): Promise<T> {
  const { token } = jsonOf<{ token: string }>(await browser.token());
  return ((await (await app.convex(kind, name, args, token)).json()) as { value: T }).value;
}

/** Creates a project through its form and returns its path. */
async function projectOf(browser: Browser, name: string): Promise<string> {
  await browser.submit("/dashboard", { name });
  const mine = await convex<{ _id: string; name: string }[]>(browser, "query", "projects:mine", {});
  return `/projects/${mine.find((project) => project.name === name)?._id}`;
}

const h1 = (html: string) => new Page(html).tags("h1").map(textOf).join();

describe("a project's page", () => {
  it("is shown to its members and returns 404 for other users", async () => {
    const [ann, ben] = [await signInUser(), await signInUser()];
    const path = await projectOf(ann, "Ann’s");
    const page = await ann.get(path);
    expect(page).toBeSafeHtml(200);
    expect(page).toBeForOnePerson();
    expect(h1(page.text)).toBe("Ann’s");
    expect(page.text).toContain("No metrics yet");
    // No invitation is sent without an organization.
    expect(textOf(new Page(page.text).root)).toContain(`No e-mail is sent: tell them to open ${APP_URL}`);
    const answers = await Promise.all(
      [path, "/projects/nothing", "/projects/%00", `/projects/${"x".repeat(3000)}`].map((one) =>
        ben.get(one),
      ),
    );
    for (const answer of answers) {
      expect(answer).toBeSafeHtml(404);
      expect(h1(answer.text)).toBe("Not found");
    }
  });

  it("redirects a guest to the sign-in page with returnTo", async () => {
    const answer = await app.browser().get("/projects/some?range=7d");
    expect(answer.status).toBe(302);
    expect(locationOf(answer, APP_URL)?.searchParams.get("returnTo")).toBe("/projects/some?range=7d");
  });

  it("accepts any query, except an invalid cursor", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Odd");
    for (const query of ["?range=9y", "?agent=%00&name=x", "?range=__proto__&agent=", "?cursor="]) {
      expect((await ann.get(path + query)).status, query).toBe(200);
    }
    expect((await ann.get(`${path}?cursor=nonsense`)).status).toBe(404);
  });

  it("has forms to rename the project, and to add, invite and remove members", async () => {
    const [ann, ben] = [await signInUser(), app.person()];
    await signInUser(ben);
    const path = await projectOf(ann, "Before");
    const renamed = await press(ann, path, "Rename", { "New name": " After " });
    expect(await statusOf(ann, renamed)).toContain("Project renamed");
    expect(h1((await ann.get(path)).text)).toBe("After");
    expect(
      await statusOf(ann, await press(ann, path, "Add member", { "E-mail": ben.toUpperCase() })),
    ).toContain("Member added");
    expect(
      await statusOf(ann, await press(ann, path, "Add member", { "E-mail": "late@example.com" })),
    ).toContain("Invited");
    expect((await ann.get(path)).text).toContain("late@example.com");
    expect(await statusOf(ann, await press(ann, path, "Withdraw"))).toContain("Invitation withdrawn");
    expect(await statusOf(ann, await press(ann, path, "Remove"))).toContain("Member removed");
    expect(new Page((await ann.get(path)).text).button("Remove")).toBeUndefined();
  });

  it.each([
    ["Rename", "New name", "x".repeat(101)],
    ["Rename", "New name", " "],
    ["Add member", "E-mail", "no address"],
    ["Create key", "Key name", "a\u0007b"],
  ])("%s rejects invalid input at the field %s and keeps it", async (button, label, value) => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Strict");
    const answer = await press(ann, path, button, { [label]: value });
    expect(answer).toBeSafeHtml(400);
    const page = new Page(answer.text);
    const field = page.field(label);
    expect(field?.attributes["aria-invalid"]).toBe("true");
    expect(page.description(field ?? page.root)).toMatch(/\w/);
    expect(field?.attributes.value).toBe(value);
    expect(page.all(({ attributes }) => attributes["aria-invalid"] === "true")).toHaveLength(1);
  });

  it("shows a new API key only in the response to its form", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Secret");
    const answer = await press(ann, path, "Create key", { "Key name": "Laptop" });
    expect(answer).toBeSafeHtml(200);
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const [key = ""] = /mosaic_[0-9a-f]{20,}/.exec(answer.text) ?? [];
    expect(new Page(answer.text).role("status").join()).toContain(key);
    for (const later of [path, "/dashboard"]) expect((await ann.get(later)).text).not.toContain(key);
    await app.log.line(({ event, route }) => event === "request" && route === "/dashboard");
    expect(app.log.written.map(({ message }) => message).join("\n")).not.toContain(key);
    expect(await statusOf(ann, await press(ann, path, "Revoke"))).toContain("Key revoked");
    expect(new Page((await ann.get(path)).text).button("Revoke")).toBeUndefined();
  });

  it("a form submitted twice makes one project and one API key, and both answers have the key", async () => {
    const ann = await signInUser();
    const create = await fillIn(ann, "/dashboard", "Create project", { "Project name": "Twice" });
    for (const answer of await Promise.all([create(), create()])) expect(answer.status).toBe(303);
    const mine = await convex<{ _id: string }[]>(ann, "query", "projects:mine", {});
    expect(mine).toHaveLength(1);
    const path = `/projects/${mine[0]?._id}`;
    const createKey = await fillIn(ann, path, "Create key", { "Key name": "Laptop" });
    const answers = await Promise.all([createKey(), createKey()]);
    const keys = answers.map(({ text }) => /mosaic_[0-9a-f]{64}/.exec(text)?.[0]);
    expect(keys).toEqual([expect.any(String), keys[0]]);
    const revokeForms = (await ann.get(path)).text.match(/>Revoke</g);
    expect(revokeForms).toHaveLength(1);
    await press(ann, "/dashboard", "Create project", { "Project name": "Twice" });
    expect(await convex(ann, "query", "projects:mine", {})).toHaveLength(2);
  });

  it("creates an API key that may read and expires, and lists both", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Read");
    const year = new Date().getUTCFullYear() + 1;
    const filled = { "Key name": "Prometheus", May: "read", Expires: `${year}-06-15` };
    const { text } = await press(ann, path, "Create key", filled);
    const [key = ""] = /mosaic_[0-9a-f]{20,}/.exec(text) ?? [];
    const headers = { authorization: `Bearer ${key}` };
    expect((await app.browser().get("/api/v1/agents", { headers })).status).toBe(200);
    const listed = textOf(new Page((await ann.get(path)).text).root);
    expect(listed).toMatch(new RegExp(`Prometheus\\s*may read ·.*expires[^·]*${year}`));
    for (const date of ["2020-01-01", "275760-09-12", "275760-09-13"]) {
      const wrong = await press(ann, path, "Create key", { "Key name": "Wrong", Expires: date });
      expect(wrong.status, date).toBe(400);
      expect(textOf(new Page(wrong.text).root)).toContain("Choose a date from today on, or none.");
    }
  });

  it("hides the owner's buttons from members, and rejects their forms", async () => {
    const [ann, benEmail] = [await signInUser(), app.person()];
    const ben = await signInUser(benEmail);
    const path = await projectOf(ann, "Shared");
    await press(ann, path, "Add member", { "E-mail": benEmail });
    const page = new Page((await ben.get(path)).text);
    for (const name of ["Rename", "Add member", "Remove", "Create key", "Delete project"]) {
      expect(page.button(name), name).toBeUndefined();
    }
    const forms: Record<string, string>[] = [
      { intent: "rename", name: "Mine" },
      { intent: "create-key", keyName: "Mine" },
      { intent: "delete", confirm: "yes" },
    ];
    for (const fields of forms) {
      const answer = await ben.submit(path, fields);
      expect(answer.status, fields.intent).toBe(403);
      expect(answer).toSayAlert();
    }
    expect(h1((await ann.get(path)).text)).toBe("Shared");
    expect(locationOf(await press(ben, path, "Leave project"), APP_URL)?.pathname).toBe("/dashboard");
    expect((await ben.get(path)).status).toBe(404);
  });

  it("is deleted by an admin only with the confirmation ticked", async () => {
    const ada = await signInUser("ada@example.com");
    const path = await projectOf(ada, "Doomed");
    const unticked = await press(ada, path, "Delete project");
    expect(unticked).toBeSafeHtml(400);
    expect((await ada.get(path)).status).toBe(200);
    const deleted = await press(ada, path, "Delete project", { confirm: "yes" });
    expect(locationOf(deleted, APP_URL)?.pathname).toBe("/dashboard");
    expect(await statusOf(ada, deleted)).toContain("Project deleted");
    expect((await ada.get(path)).status).toBe(404);
  });

  it("returns 400 for an unknown intent", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Formal");
    for (const intent of ["", "constructor", "__proto__", "steal"]) {
      expect((await ann.submit(path, { intent })).status, intent).toBe(400);
    }
  });

  it("keeps the input of forms while Convex is down", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Storm");
    app.outbound.fail("convex", { kind: "refused" });
    for (const [intent, label, name] of [
      ["rename", "New name", "name"],
      ["add-member", "E-mail", "email"],
      ["create-key", "Key name", "keyName"],
    ] as const) {
      const answer = await ann.submit(path, { intent, [name]: "Typed" });
      expect(answer).toBeSafeHtml(503);
      expect(answer).toSayAlert();
      expect(new Page(answer.text).field(label)?.attributes.value, label).toBe("Typed");
    }
  });
});

describe("an archived project", () => {
  it("is read-only, listed apart, and can be restored", async () => {
    const ann = await signInUser();
    const path = await projectOf(ann, "Old");
    expect(await statusOf(ann, await press(ann, path, "Archive project"))).toContain("Project archived");
    const page = new Page((await ann.get(path)).text);
    expect(page.form("Restore project")).toBeDefined();
    for (const button of ["Archive project", "Rename", "Create key", "Add member"]) {
      expect(page.form(button), button).toBeUndefined();
    }
    expect(textOf(page.root)).toContain("read-only");
    for (const list of ["/", "/dashboard"]) {
      const text = textOf(new Page((await ann.get(list)).text).root);
      expect(text).toMatch(/No projects yet.*Archived\s*Old/s);
    }
    expect((await ann.submit(path, { intent: "rename", name: "New" })).status).toBe(400);
    expect(await statusOf(ann, await press(ann, path, "Restore project"))).toContain("Project restored");
    expect(new Page((await ann.get(path)).text).form("Rename")).toBeDefined();
  });
});
