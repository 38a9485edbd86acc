/** Audit log for admins: page, filters and CSV download. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { EDGE_SECRET } from "./harness.ts";
import { elements, Page, textOf } from "./html.ts";
import { authenticate, calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

let admin: Browser;
let developer: Browser;

beforeAll(async () => {
  admin = app.browser();
  await signIn(admin, "ada@example.com");
  developer = app.browser();
  await signIn(developer, "grace@example.com");
});

/** Signs in a new user and logs these events for them. */
async function userWithEvents(
  events: string[],
  userAgent = "Anything",
): Promise<{ workosUserId: string; userId: string }> {
  const browser = app.browser();
  await signIn(browser, app.person());
  const { user } = jsonOf<{ user: { id: string } }>(await browser.get("/api/auth/session"));
  for (const event of events) await logEvent(user.id, event, userAgent);
  const { token } = jsonOf<{ token: string }>(await browser.token());
  const viewer = (await (await app.convex("query", "users:viewer", {}, token)).json()) as {
    value: { _id: string };
  };
  return { workosUserId: user.id, userId: viewer.value._id };
}

async function logEvent(workosUserId: string, event: string, userAgent: string): Promise<void> {
  const args = { workosUserId, event, userAgent, ipAddress: "10.0.0.1", edge: EDGE_SECRET };
  const answer = await app.convex("mutation", "auditLogs:logAuthEvent", args, null);
  expect(await answer.json()).toMatchObject({ status: "success" });
}

const entries = (text: string) => {
  const [main] = new Page(text).tags("main");
  return main ? [...elements(main)].filter(({ tag }) => tag === "li" || tag === "tr").map(textOf) : [];
};

/** Parses CSV (RFC 4180). */
function rows(text: string): string[][] {
  const read: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === "" && quoted === undefined && plain === "") break;
    read.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") read.push([]);
  }
  return read.filter((row) => row.length > 0);
}

describe("the audit log page", () => {
  it("lists the events of all users newest first, and filters by event and user", async () => {
    const { userId } = await userWithEvents(["password_change", "logout"]);
    const all = await admin.get("/admin/audit");
    expect(all).toBeSafeHtml();
    expect(entries(all.text)[0]).toMatch(/^Signed out/);
    expect(entries(all.text)[1]).toMatch(/^Password changed/);
    const theirs = entries((await admin.get(`/admin/audit?userId=${userId}&event=`)).text);
    expect(theirs.map((entry) => /^(Signed (in|out)|Password changed)/.exec(entry)?.[0])).toEqual([
      "Signed out",
      "Password changed",
      "Signed in",
    ]);
    const both = entries((await admin.get(`/admin/audit?userId=${userId}&event=password_change`)).text);
    expect(both).toHaveLength(1);
    const page = new Page((await admin.get("/admin/audit?event=login")).text);
    expect(page.field("Event")).toBeDefined();
    expect(page.link("Download CSV")?.attributes.href).toBe("/admin/audit.csv?event=login");
  });

  it("keeps its filters when it shows older entries", async () => {
    const { userId } = await userWithEvents(Array(24).fill("logout"));
    const first = await admin.get(`/admin/audit?userId=${userId}&event=logout`);
    expect(entries(first.text)).toHaveLength(20);
    const href = new Page(first.text).link("Older")?.attributes.href ?? "";
    const older = await admin.get(href);
    expect(entries(older.text)).toHaveLength(4);
    expect(new Page(older.text).link("Newest")?.attributes.href).toBe(
      `/admin/audit?userId=${userId}&event=logout`,
    );
  });

  it.each(["?event=Login", "?event=__proto__", "?userId=none", "?cursor=none"])(
    "returns 404 for the invalid query %s",
    async (query) => {
      expect(await admin.get(`/admin/audit${query}`)).toBeSafeHtml(404);
    },
  );
});

describe.each(["/admin/audit", "/admin/audit.csv"])("%s", (path) => {
  it("is only for admins", async () => {
    for (const query of ["", "?event=login", "?event=none", "?userId=none"]) {
      const answer = await developer.get(`${path}${query}`);
      expect(answer.status, query).toBe(403);
      expect(answer.text).not.toMatch(/Signed in|,login,/);
    }
  });

  it("answers HEAD with the same status", async () => {
    expect((await admin.send("HEAD", path)).status).toBe(200);
    expect((await developer.send("HEAD", path)).status).toBe(403);
  });
});

describe("the audit log CSV", () => {
  it("has a header row and every entry, newest first", async () => {
    const { userId } = await userWithEvents(Array(250).fill("logout"));
    app.outbound.forget();
    const answer = await admin.get(`/admin/audit.csv?userId=${userId}`);
    expect(app.outbound.count("convex", calls("auditLogs:all"))).toBe(3);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
    expect(answer).toBeForOnePerson();
    const [names = [], ...lines] = rows(answer.text);
    const column = (name: string) => lines.map((line) => line[names.indexOf(name)] ?? "");
    expect(lines).toHaveLength(251);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([names.length]));
    expect(new Set(column("_id")).size).toBe(251);
    expect(new Set(column("userId"))).toEqual(new Set([userId]));
    expect(column("event").at(-1)).toBe("login");
    const times = column("timestamp");
    expect(times).toEqual([...times].sort().reverse());
  });

  it("contains the whole log, or the entries that match the filters", async () => {
    const { userId } = await userWithEvents(["password_change"]);
    const all = rows((await admin.get("/admin/audit.csv")).text);
    expect(all.length).toBeGreaterThan(3);
    const both = rows((await admin.get(`/admin/audit.csv?userId=${userId}&event=password_change`)).text);
    expect(both).toHaveLength(2);
    expect(rows((await admin.get("/admin/audit.csv?event=&userId=")).text)).toHaveLength(all.length);
    for (const query of ["?event=none", "?userId=none"]) {
      expect((await admin.get(`/admin/audit.csv${query}`)).status).toBe(404);
    }
  });

  it("escapes values that a spreadsheet would run as formulas", async () => {
    const devices = [
      '=HYPERLINK("http://evil.example","x")',
      "+1",
      "-1",
      "@SUM(A1)",
      "\tx",
      "\rx",
      'a,"b"\nc',
    ];
    const { userId, workosUserId } = await userWithEvents([]);
    for (const device of devices) await logEvent(workosUserId, "logout", device);
    const [names = [], ...lines] = rows(
      (await admin.get(`/admin/audit.csv?userId=${userId}&event=logout`)).text,
    );
    const shown = lines.map((line) => line[names.indexOf("userAgent")]).reverse();
    expect(shown).toEqual(devices.map((device) => (/^[=+\-@\t\r]/.test(device) ? `'${device}` : device)));
  });

  it("ends with a notice if Convex fails halfway", async () => {
    const { userId } = await userWithEvents(Array(110).fill("logout"));
    let asked = 0;
    app.outbound.fail("convex", { kind: "refused" }, (request) => {
      if (calls("auditLogs:all")(request)) asked += 1;
      return asked > 1;
    });
    const answer = rows((await admin.get(`/admin/audit.csv?userId=${userId}`)).text);
    expect(answer).toHaveLength(102);
    expect(answer.at(-1)?.[0]).toMatch(/not whole/);
  });

  it("refreshes the token if it expires while the log is read", async () => {
    const { userId } = await userWithEvents(Array(210).fill("logout"));
    // The worker refreshes a token in its last minute.
    await app.workosSettings({ accessTokenSeconds: 62 });
    const browser = app.browser();
    await signIn(browser, "ada@example.com");
    app.outbound.forget();
    let asked = 0;
    app.outbound.fail("convex", { kind: "slow", ms: 2_100 }, (request) => {
      if (calls("auditLogs:all")(request)) asked += 1;
      return asked === 2;
    });
    const answer = await browser.get(`/admin/audit.csv?userId=${userId}`);
    await app.workosSettings({ accessTokenSeconds: 300 });
    expect(rows(answer.text)).toHaveLength(212);
    expect(app.outbound.count("workos", authenticate("refresh_token"))).toBeGreaterThan(0);
    expect((await browser.get("/dashboard")).status).toBe(200);
  });
});
