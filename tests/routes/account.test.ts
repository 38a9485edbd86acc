/** One's own account: what happened to it, and a copy of what is stored. */
import { describe, expect, it } from "vitest";
import { tokenOf, whoIs } from "./asks.ts";
import { type Browser, jsonOf } from "./browser.ts";
import { EDGE_SECRET, startMosaic } from "./harness.ts";
import { elements, Page, textOf } from "./html.ts";
import { calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";

const app = startMosaic();

async function somebody(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

const entries = (page: Page) => {
  const list = page.tags("main").flatMap((main) => [...elements(main)]);
  return list.filter(({ tag }) => tag === "li" || tag === "tr").map(textOf);
};

/** Something that happened to this person, many times over. */
async function happened(browser: Browser, event: string, times: number): Promise<void> {
  const { user } = await whoIs(browser);
  const args = {
    workosUserId: user?.id,
    event,
    ipAddress: "10.0.0.1",
    userAgent: "",
    edgeSecret: EDGE_SECRET,
  };
  for (let n = 0; n < times; n += 1) await app.convex("mutation", "auditLogs:logAuthEvent", args, null);
}

describe("the activity page", () => {
  it("has what happened to this person, newest first, and nothing of anybody else", async () => {
    const email = app.person();
    const browser = await somebody(email);
    await browser.get("/api/auth/logout");
    const again = await somebody(email);
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

  it("has a page for what is older, and 404 for what is no page", async () => {
    const browser = await somebody();
    await happened(browser, "login", 25);
    const first = new Page((await browser.get("/settings/activity")).text);
    expect(entries(first)).toHaveLength(20);
    expect(first.link("Newest")).toBeUndefined();
    const href = first.link("Older")?.attributes.href ?? "";
    const older = new Page((await browser.get(`/settings/activity${href}`)).text);
    expect(entries(older)).toHaveLength(6);
    expect(older.link("Older")).toBeUndefined();
    expect(older.link("Newest")).toBeDefined();
    expect((await browser.get("/settings/activity?cursor=none")).status).toBe(404);
  });
});

describe("the settings", () => {
  it.each(["Sessions", "Activity", "Account", "Organization"])("link to %s", async (name) => {
    const browser = await somebody();
    const link = new Page((await browser.get("/settings")).text).link(name);
    expect((await browser.get(link?.attributes.href ?? "")).status).toBe(200);
  });
});

describe("the account page", () => {
  it("says what the token claims", async () => {
    const page = new Page((await (await somebody("alan@example.com")).get("/settings/account")).text);
    const facts = page.tags("dd").map(textOf);
    expect(facts).toContain("alan@example.com");
    expect(facts).toContain("viewer");
  });

  it("is there while Convex and WorkOS are down", async () => {
    const browser = await somebody();
    app.outbound.fail("workos", { kind: "refused" });
    app.outbound.fail("convex", { kind: "refused" });
    const answer = await browser.get("/settings/account");
    expect(answer).toBeSafeHtml();
    expect(answer.text).toContain("Live data is unavailable");
  });
});

describe("the export", () => {
  type Exported = Record<"profile" | "preferences", Record<string, unknown>> &
    Record<"projects" | "sessions" | "activity", Record<string, unknown>[]>;

  it("is a file with all that is stored about the person, and no more", async () => {
    const email = app.person();
    const browser = await somebody(email);
    await browser.submit("/profile", { firstName: "Ann", lastName: "Example" });
    await browser.submit("/settings", { theme: "dark" });
    await browser.submit("/dashboard", { name: "Harbour" });
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
    expect(exported.projects).toMatchObject([{ name: "Harbour", role: "owner" }]);
    expect(exported.sessions).toMatchObject([{ ipAddress: browser.address }]);
    expect(exported.activity).toMatchObject([{ event: "login" }]);
    expect(answer.text).not.toMatch(/mosaic_|"hash"/);
    expect(answer.text.match(/[\w.-]+@[\w.-]+/g)).toEqual([email]);
  });

  it("has the whole of a long activity", async () => {
    const browser = await somebody();
    await happened(browser, "logout", 220);
    const { activity } = jsonOf<Exported>(await browser.get("/settings/account/export"));
    expect(activity).toHaveLength(221);
    expect(new Set(activity.map(({ _id }) => _id)).size).toBe(221);
  });
});

it.each(["hang", "refused"] as const)("a session is ended although WorkOS is down (%s)", async (kind) => {
  const email = app.person();
  const [browser, other] = [await somebody(email), await somebody(email)];
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

it("Convex is told when WorkOS last changed a person, so that an old seal undoes no newer word", async () => {
  await somebody();
  const told = app.outbound.requests.find(calls("edge:signedIn"))?.body ?? "{}";
  const [{ updatedAt }] = (JSON.parse(told) as { args: [{ updatedAt: number }] }).args;
  expect(Math.abs(updatedAt - Date.now())).toBeLessThan(60_000);
});

it("nobody ends the session of somebody whom Convex has not heard of", async () => {
  app.outbound.fail("convex", { kind: "refused" });
  const victim = await somebody();
  app.outbound.heal();
  // Out of the token: asking the worker for a page would make Convex hear of them.
  const [, payload = ""] = (await tokenOf(victim)).split(".");
  const { sid } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sid: string };
  const answer = await (await somebody()).submit("/settings/sessions", { sessionId: sid });
  expect(answer.status).toBe(400);
  expect(answer).toSayAlert("no such session");
  expect((await victim.token({ forceRefresh: true })).status).toBe(200);
});
