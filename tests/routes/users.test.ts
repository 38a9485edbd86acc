/** The user list and the time zone setting: access and forms. */
import { describe, expect, it } from "vitest";
import { type Browser, locationOf } from "./browser.ts";
import { press, statusOf } from "./fill-in.ts";
import { Page } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

async function signInUser(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

describe("the time zone", () => {
  it("is saved by a form that rejects unknown time zones", async () => {
    const ann = await signInUser();
    const saved = await press(ann, "/settings", "Save time zone", { "Time zone": "Asia/Kathmandu" });
    expect(await statusOf(ann, saved)).toContain("Saved");
    const page = new Page((await ann.get("/settings")).text);
    expect(page.field("Time zone")?.attributes.value).toBe("Asia/Kathmandu");
    const abbreviations = ["PST", "IST", "BST", "ACT", "EST5EDT", "SystemV/PST8PDT"];
    for (const timeZone of ["Mars/Olympus", "Europe/Atlantis", "", "+02:00", "__proto__", ...abbreviations]) {
      const answer = await ann.submit("/settings", { timeZone });
      expect(answer.status, timeZone).toBe(400);
      expect(new Page(answer.text).field("Time zone")?.attributes["aria-invalid"]).toBe("true");
    }
  });
});

describe("the user list", () => {
  it("is only for admins", async () => {
    const ann = await signInUser();
    const forbidden = await ann.get("/admin/users");
    expect(forbidden).toBeSafeHtml(403);
    expect(forbidden.text).toContain("<title>Not allowed · Mosaic</title>");
    expect((await ann.submit("/admin/users", { userId: "x", role: "admin" })).status).toBe(403);
    const ada = await signInUser("ada@example.com");
    expect(await ada.get("/admin/users")).toBeSafeHtml(200);
  });

  it("finds users by the start of their e-mail and saves a role", async () => {
    const ada = await signInUser("ada@example.com");
    await signInUser("quinn.searched@example.com");
    const path = "/admin/users?search=QUINN.s";
    const page = new Page((await ada.get(path)).text);
    const roles = page.tags("select").map(({ attributes }) => attributes["aria-label"]);
    expect(roles).toEqual(["Role of quinn.searched@example.com"]);
    expect(page.field("Search")?.attributes).toMatchObject({ type: "search", value: "QUINN.s" });
    const saved = await press(ada, path, "Save role", { role: "viewer" });
    expect(locationOf(saved, APP_URL)?.search).toBe("?search=QUINN.s");
    expect(await statusOf(ada, saved)).toContain("Role saved");
  });

  it("rejects demoting the last admin with an alert", async () => {
    const ada = await signInUser("ada@example.com");
    const answer = await press(ada, "/admin/users?search=ada@", "Save role", { role: "viewer" });
    expect(answer).toBeSafeHtml(400);
    expect(answer).toSayAlert();
    expect(new Page(answer.text).role("alert").join()).toMatch(/last admin/);
    expect((await ada.get("/admin/users")).status).toBe(200);
  });
});
