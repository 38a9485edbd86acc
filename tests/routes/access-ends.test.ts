/** Access that an admin or WorkOS ends, and how it is recorded. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Browser, jsonOf, tokenOf, whoIs } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { calls } from "./outbound.ts";
import { isSessionCookie } from "./seals.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

type Person = { email: string; browser: Browser; workosUserId: string; userId: string };

let admin: Browser;
let grace: Person;

beforeAll(async () => {
  admin = app.browser();
  await signIn(admin, "ada@example.com");
});

beforeEach(async () => {
  // The admin must not end their own session in a test.
  grace = await enter(app.person());
});

async function enter(email: string): Promise<Person> {
  const browser = app.browser();
  await signIn(browser, email);
  const { user } = await whoIs(browser);
  const answer = await app.convex("query", "users:viewer", {}, await tokenOf(browser));
  const { value } = (await answer.json()) as { value: { _id: string } };
  return { email, browser, workosUserId: user?.id ?? "", userId: value._id };
}

const act = (intent: string, { userId }: Person, by = admin) =>
  by.submit("/admin/users", { intent, userId, confirm: "yes" });

async function rowOf({ email }: Person) {
  const page = new Page((await admin.get(`/admin/users?search=${email}`)).text);
  const row = page.tags("li").find((item) => textOf(item).includes(email));
  return { text: row ? textOf(row) : "", page };
}

async function csv(query = ""): Promise<string[]> {
  const { text } = await admin.get(`/admin/audit.csv${query}`);
  return text.trimEnd().split("\r\n").slice(1);
}

describe("an admin", () => {
  it("suspends a user, whose sessions end here and at WorkOS, and who gets 403 at sign-in", async () => {
    const phone = app.browser();
    await signIn(phone, grace.email);
    const answer = await act("suspend", grace);
    expect(answer.status).toBe(303);
    expect((await admin.get("/admin/users")).text).toMatch(/role="status"[^>]*>(<[^>]*>)*Suspended/);
    const row = (await rowOf(grace)).text;
    expect(row).toContain("Suspended");
    expect(row).toContain("API keys and agents of their projects go on."); // agents:line
    expect(await grace.browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    const asked = await phone.token();
    expect([asked.status, jsonOf(asked)]).toEqual([401, { error: "signed_out" }]);
    const list = `${app.workosUrl}/user_management/users/${grace.workosUserId}/sessions`;
    const key = { authorization: `Bearer ${app.env.WORKOS_API_KEY}` };
    const sessions = (await (await fetch(list, { headers: key })).json()) as { data: { status: string }[] };
    expect(sessions.data.map(({ status }) => status)).toEqual(expect.not.arrayContaining(["active"]));

    const again = app.browser();
    const refused = await comeBack(again, await approve(await startFlow(again), grace.email));
    expect(refused).toBeSafeHtml(403);
    expect(textOf(new Page(refused.text).tags("main")[0] as never)).toMatch(
      `${grace.email} may not use this Mosaic: the account is suspended. Ask the person who runs it`,
    );
    expect(again.jar.all().filter(isSessionCookie)).toEqual([]);
    const line = await app.log.line(({ outcome }) => outcome === "not_allowed");
    expect(line).toMatchObject({ event: "auth.callback", reason: "suspended" });

    expect((await act("restore", grace)).status).toBe(303);
    await signIn(again, grace.email);
    expect((await again.get("/dashboard")).status).toBe(200);
  });

  // agents:start
  it("sees on the page of a suspended owner's project what goes on", async () => {
    await grace.browser.submit("/dashboard", { name: "Engine" });
    const mine = await app.convex("query", "projects:mine", {}, await tokenOf(grace.browser));
    const [project] = ((await mine.json()) as { value: { _id: string }[] }).value;
    const path = `/projects/${project?._id}`;
    expect((await admin.get(path)).text).not.toContain("Suspended");
    await act("suspend", grace);
    const main = new Page((await admin.get(path)).text).tags("main").map(textOf).join();
    expect(main).toMatch(/Suspended: .*API keys and agents of this project go on/);
  });
  // agents:end

  it("recognizes a suspended user who signed in while Convex was down", async () => {
    await act("suspend", grace);
    app.outbound.fail("convex", { kind: "refused" });
    const [page, tab, form] = [app.browser(), app.browser(), app.browser()];
    for (const browser of [page, tab, form]) await signIn(browser, grace.email);
    expect((await page.get("/dashboard")).status).toBe(200);
    expect((await tab.token()).status).toBe(503);
    const stolen = tab.thief();
    app.outbound.heal();
    const answer = await page.get("/dashboard");
    expect(answer).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect(answer).toClearSession();
    const asked = await tab.token();
    expect([asked.status, jsonOf(asked)]).toEqual([401, { error: "signed_out" }]);
    expect(asked).toClearSession();
    expect(await form.submit("/profile", { firstName: "Late" })).toRedirectTo(
      /^\/login\?.*error=session_revoked/,
    );
    // The session has ended for good, also after the user may enter again.
    await act("restore", grace);
    expect(await stolen.get("/dashboard")).toRedirectTo(/^\/login/);
  });

  it.each(["suspend", "end-sessions"])(
    "ends at most 20 sessions at WorkOS (%s), and the others here",
    async (intent) => {
      const isList = ({ path }: { path: string }) => path.endsWith(`/${grace.workosUserId}/sessions`);
      // The session of the browser comes last in WorkOS's list.
      app.outbound.rewrite("workos", isList, (body) => {
        const [own] = body.data as [object];
        const others = Array.from({ length: 24 }, (_, index) => ({
          ...own,
          id: `session_${intent}_${index}`,
        }));
        return { ...body, data: [...others, own] };
      });
      const { sessionId } = await whoIs(grace.browser);
      app.outbound.forget();
      expect((await act(intent, grace)).status).toBe(303);
      const ended = app.outbound.requests
        .filter(({ path }) => path === "/user_management/sessions/revoke")
        .map(({ body }) => (JSON.parse(body) as { session_id: string }).session_id);
      expect(ended.sort()).toEqual(
        Array.from({ length: 20 }, (_, index) => `session_${intent}_${index}`).sort(),
      );
      expect(ended).not.toContain(sessionId);
      expect(await grace.browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    },
  );

  it("ends sessions, after which the user may sign in again at once", async () => {
    expect((await act("end-sessions", grace)).status).toBe(303);
    expect(await grace.browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    await signIn(grace.browser, grace.email);
    expect((await grace.browser.get("/dashboard")).status).toBe(200);
    expect(await csv(`?event=sessions_ended&userId=${grace.userId}`)).toHaveLength(1);
  });

  it("ends sessions while WorkOS is down too", async () => {
    app.outbound.fail("workos", { kind: "hang" });
    const answer = await act("suspend", grace);
    expect(answer.status).toBe(303);
    expect(answer.ms).toBeLessThan(5_000);
    expect(await grace.browser.get("/dashboard")).toRedirectTo(/^\/login/);
  });

  it("must confirm, and has no button to suspend themselves", async () => {
    const { page } = await rowOf(grace);
    const text = page.tags("main").map(textOf).join();
    expect(text).toContain("End sessions");
    expect(text).toContain("Suspend");
    const answer = await admin.submit("/admin/users", { intent: "suspend", userId: grace.userId });
    expect(answer.status).toBe(400);
    expect((await grace.browser.get("/dashboard")).status).toBe(200);
    const own = new Page((await admin.get("/admin/users?search=ada@example.com")).text);
    expect(own.tags("button").map(textOf)).not.toContain("Suspend");
    const ada = own.tags("input").find(({ attributes }) => attributes.name === "userId");
    const refused = await act("suspend", { ...grace, userId: ada?.attributes.value ?? "" });
    expect(refused.status).toBe(400);
    expect(refused).toSayAlert("You cannot suspend yourself");
  });

  it("is the only user who may do so", async () => {
    const alan = await enter(app.person());
    for (const intent of ["suspend", "restore", "end-sessions"])
      expect((await act(intent, grace, alan.browser)).status, intent).toBe(403);
    expect((await grace.browser.get("/dashboard")).status).toBe(200);
  });
});

it("a deleted user who signs in again gets 403", async () => {
  expect(await app.webhook("user.deleted", { id: grace.workosUserId })).toBe(200);
  const again = app.browser();
  const answer = await comeBack(again, await approve(await startFlow(again), grace.email));
  expect(answer).toBeSafeHtml(403);
  expect(new Page(answer.text).tags("main").map(textOf).join()).toContain(
    `${grace.email} may not use this Mosaic: the account was deleted`,
  );
  expect(again.jar.all().filter(isSessionCookie)).toEqual([]);
  const line = await app.log.line(({ outcome }) => outcome === "not_allowed");
  expect(line).toMatchObject({ event: "auth.callback", reason: "deleted" });
});

describe("the audit log", () => {
  // agents:start
  it("has a view of another user's project by an admin, once an hour", async () => {
    const made = await grace.browser.submit("/dashboard", { name: "Engine" });
    expect(made.status).toBe(303);
    const page = new Page((await grace.browser.get("/dashboard")).text);
    const link = page.tags("a").find(({ attributes }) => attributes.href?.startsWith("/projects/"));
    const path = link?.attributes.href ?? "";
    await grace.browser.get(path);
    await admin.send("HEAD", path);
    const views = () => csv(`?event=project_viewed&userId=${grace.userId}`);
    expect(await views()).toEqual([]);
    await admin.get(path);
    await expect.poll(views).toHaveLength(1);
    expect((await views())[0]).toContain("Engine");
    app.outbound.forget();
    await admin.data(path);
    await app.outbound.seen("convex", calls("edge:projectViewed"), 1, 5_000);
    await expect.poll(views).toHaveLength(1);
    expect(await csv(`?event=project_created&userId=${grace.userId}`)).toHaveLength(1);
  });
  // agents:end

  it("is filtered by every event, on the page and in the CSV file", async () => {
    await act("end-sessions", grace);
    const filter = new Page((await admin.get("/admin/audit")).text);
    const events = filter.tags("option").flatMap(({ attributes }) => attributes.value || []);
    expect(events).toEqual(expect.arrayContaining(["user_suspended", "role_changed"]));
    for (const event of events) {
      expect((await admin.get(`/admin/audit?event=${event}`)).status, event).toBe(200);
      for (const line of await csv(`?event=${event}`)) expect(line.split(",")[1]).toBe(event);
    }
    expect((await csv("?event=sessions_ended")).length).toBeGreaterThan(0);
  });

  it("names the impersonator of each entry, also in the CSV file", async () => {
    const browser = app.browser();
    const { authorizeUrl } = await startFlow(browser);
    const body = new URLSearchParams({ email: grace.email, way: "impersonated" });
    const answer = await fetch(authorizeUrl, { method: "POST", redirect: "manual", body });
    const back = new URL(answer.headers.get("location") ?? "");
    await comeBack(browser, back.pathname + back.search);
    await browser.get("/api/auth/logout");
    const header = (await admin.get("/admin/audit.csv")).text.split("\r\n")[0]?.split(",") ?? [];
    const column = header.indexOf("impersonator");
    const lines = async () => (await csv(`?userId=${grace.userId}`)).map((line) => line.split(","));
    const acted = async () =>
      (await lines()).filter((cells) => cells[column] === "support@example.com").map((cells) => cells[1]);
    await expect.poll(acted).toEqual(["logout", "login"]);
    const page = await admin.get(`/admin/audit?userId=${grace.userId}&event=logout`);
    expect(page.text).toContain("by support@example.com");
  });
});
