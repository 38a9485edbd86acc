/** Account settings: activity, export and sessions. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf, tokenOf, whoIs } from "./browser.ts";
import { EDGE_SECRET } from "./harness.ts";
import { elements, Page, textOf } from "./html.ts";
import { calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

async function signInUser(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

const entries = (page: Page) => {
  const list = page.tags("main").flatMap((main) => [...elements(main)]);
  return list.filter(({ tag }) => tag === "li" || tag === "tr").map(textOf);
};

/** Adds an event to the user's log `times` times. */
async function logEvents(browser: Browser, event: string, times: number): Promise<void> {
  const { user } = await whoIs(browser);
  const args = {
    workosUserId: user?.id,
    event,
    ipAddress: "10.0.0.1",
    userAgent: "",
    edge: EDGE_SECRET,
  };
  for (let n = 0; n < times; n += 1) await app.convex("mutation", "auditLogs:logAuthEvent", args, null);
}

describe("the activity page", () => {
  it("lists only the user's own events, newest first", async () => {
    const email = app.person();
    const browser = await signInUser(email);
    await browser.get("/api/auth/logout");
    const again = await signInUser(email);
    const answer = await again.get("/settings/activity");
    expect(answer).toBeSafeHtml();
    const list = entries(new Page(answer.text));
    expect(list.map((entry) => /^Signed (in|out)/.exec(entry)?.[0])).toEqual([
      "Signed in",
      "Signed out",
      "Signed in",
    ]);
    expect(list[0]).toContain("Linux");
    expect(list[0]).toContain(again.address);
  });

  it("paginates older events, and returns 404 for an invalid cursor", async () => {
    const browser = await signInUser();
    await logEvents(browser, "login", 25);
    const first = new Page((await browser.get("/settings/activity")).text);
    expect(entries(first)).toHaveLength(20);
    expect(first.link("Newest")).toBeUndefined();
    const href = first.link("Older")?.attributes.href ?? "";
    const older = new Page((await browser.get(href)).text);
    expect(entries(older)).toHaveLength(6);
    expect(older.link("Older")).toBeUndefined();
    expect(older.link("Newest")).toBeDefined();
    expect((await browser.get("/settings/activity?cursor=none")).status).toBe(404);
  });
});

describe("the settings", () => {
  it.each(["Sessions", "Activity", "Account", "Organization"])("link to %s", async (name) => {
    const browser = await signInUser();
    const link = new Page((await browser.get("/settings")).text).link(name);
    expect((await browser.get(link?.attributes.href ?? "")).status).toBe(200);
  });
});

describe("the account page", () => {
  it("shows the e-mail and role of the token", async () => {
    const page = new Page((await (await signInUser("alan@example.com")).get("/settings/account")).text);
    const facts = page.tags("dd").map(textOf);
    expect(facts).toContain("alan@example.com");
    expect(facts).toContain("viewer");
  });

  it("renders while Convex and WorkOS are down", async () => {
    const browser = await signInUser();
    app.outbound.fail("workos", { kind: "refused" });
    app.outbound.fail("convex", { kind: "refused" });
    const answer = await browser.get("/settings/account");
    expect(answer).toBeSafeHtml();
    expect(answer.text).toContain("Live data is unavailable");
  });
});

describe("the export", () => {
  type Exported = Record<"profile" | "preferences", Record<string, unknown>> & {
    projects: Record<string, unknown>[]; // agents:line
    sessions: Record<string, unknown>[];
    activity: Record<string, unknown>[];
  };

  it("is a file with all data stored about the user, and nothing else", async () => {
    const email = app.person();
    const browser = await signInUser(email);
    await browser.submit("/profile", { firstName: "Ann", lastName: "Example" });
    await browser.submit("/settings", { theme: "dark" });
    await browser.submit("/dashboard", { name: "Harbour" }); // agents:line
    const link = new Page((await browser.get("/settings/account")).text).link("Export my data");
    const answer = await browser.get(link?.attributes.href ?? "");
    expect(answer.status).toBe(200);
    expect(answer).toBeForOnePerson();
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w-]+\.json"$/);
    const exported = jsonOf<Exported>(answer);
    expect(exported.profile).toMatchObject({
      email,
      firstName: "Ann",
      lastName: "Example",
      role: "developer",
    });
    expect(exported.preferences).toMatchObject({ theme: "dark" });
    expect(exported.projects).toMatchObject([{ name: "Harbour", role: "owner" }]); // agents:line
    expect(exported.sessions).toMatchObject([{ ipAddress: browser.address }]);
    expect(exported.activity).toContainEqual(expect.objectContaining({ event: "login" }));
    expect(answer.text).not.toMatch(/mosaic_|"hash"/);
    expect(answer.text.match(/[\w.-]+@[\w.-]+/g)).toEqual([email]);
  });

  it.each(["/settings/account/export", "/admin/audit.csv"])(
    "HEAD %s does not sync a sign-in that Convex missed",
    async (path) => {
      app.outbound.fail("convex", { kind: "refused" });
      const browser = await signInUser();
      app.outbound.heal();
      app.outbound.forget();
      expect((await browser.send("HEAD", path)).status).toBe(503);
      expect(app.outbound.count("convex", calls("edge:signedIn"))).toBe(0);
    },
  );

  it("contains all events of a long activity log", async () => {
    const browser = await signInUser();
    await logEvents(browser, "logout", 220);
    const { activity } = jsonOf<Exported>(await browser.get("/settings/account/export"));
    expect(activity).toHaveLength(221);
    expect(new Set(activity.map(({ _id }) => _id)).size).toBe(221);
  });
});

it.each(["hang", "refused"] as const)("revokes a session while WorkOS is down (%s)", async (kind) => {
  const email = app.person();
  const [browser, other] = [await signInUser(email), await signInUser(email)];
  const page = new Page((await browser.get("/settings/sessions")).text);
  const form = page
    .tags("button")
    .filter((button) => textOf(button) === "Revoke")
    .map((button) => page.formOf(button)?.fields ?? {})[1];
  app.outbound.fail("workos", { kind });
  const answer = await browser.submit("/settings/sessions", form ?? {});
  expect(answer).toRedirectTo("/settings/sessions", 303);
  expect(answer.ms).toBeLessThan(3_000);
  expect(await other.get("/dashboard")).toRedirectTo(/error=session_revoked/);
  const third = await browser.submit("/settings/sessions", { intent: "others" });
  expect(third).toBeSafeHtml(503);
  expect(third).toSayAlert("WorkOS is not answering");
});

it("a sign-in sends Convex the time of the user's last change at WorkOS", async () => {
  await signInUser();
  const told = app.outbound.requests.find(calls("edge:signedIn"))?.body ?? "{}";
  const [{ updatedAt }] = (JSON.parse(told) as { args: [{ updatedAt: number }] }).args;
  expect(Math.abs(updatedAt - Date.now())).toBeLessThan(60_000);
});

it("a user cannot revoke the session of a user who was never synced", async () => {
  app.outbound.fail("convex", { kind: "refused" });
  const victim = await signInUser();
  app.outbound.heal();
  // Reads the session id from the token, because a page request would sync the user to Convex.
  const [, payload = ""] = (await tokenOf(victim)).split(".");
  const { sid } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sid: string };
  const answer = await (await signInUser()).submit("/settings/sessions", { sessionId: sid });
  expect(answer.status).toBe(400);
  expect(answer).toSayAlert("no such session");
  expect((await victim.token({ forceRefresh: true })).status).toBe(200);
});
