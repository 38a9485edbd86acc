/** Failures of Convex: pages render in time without live data, and forms keep their input. */
import { describe, expect, it } from "vitest";
import { PERSONS_PAGES } from "../pages.ts";
import type { Answer, Browser } from "./browser.ts";
import { Page } from "./html.ts";
import type { Fault } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

const FAULTS: [string, Fault][] = [
  ["unreachable", { kind: "refused" }],
  ["broken (500)", { kind: "status", status: 500, body: "Internal Server Error" }],
  ["unavailable (503)", { kind: "status", status: 503, body: "<html>away</html>" }],
  ["sending invalid JSON", { kind: "garbage" }],
  ["closing the connection", { kind: "cut" }],
  ["sending an empty object", { kind: "status", status: 200, body: "{}" }],
  ["sending null", { kind: "status", status: 200, body: "null" }],
  ["too slow", { kind: "slow", ms: 4_000 }],
  ["hanging", { kind: "hang" }],
];

async function signInUser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  return browser;
}

function expectDegraded(answer: Answer): void {
  expect(answer).toBeSafeHtml(200);
  expect(answer.ms).toBeLessThan(3_000);
  expect(answer.text).toContain("Live data is unavailable");
  expect(answer).toLeaveSessionAlone();
  expect(answer).toBeForOnePerson();
  expect(new Page(answer.text).link("Sign out")).toBeDefined();
}

describe.each(FAULTS)("Convex %s", (_what, fault) => {
  it("a page renders in time without live data, keeps the session, and recovers", async () => {
    const browser = await signInUser();
    app.outbound.fail("convex", fault);
    const paths =
      fault.kind === "hang" || fault.kind === "slow"
        ? ["/dashboard", "/"]
        : ["/dashboard", "/", "/profile", "/settings"];
    const answers = await Promise.all(paths.map((path) => browser.get(path)));
    answers.forEach(expectDegraded);
    app.outbound.heal();
    const again = await browser.get("/dashboard");
    expect(again).toBeSafeHtml(200);
    expect(again.text).not.toContain("Live data is unavailable");
  });

  it("a form returns 503 with a message and keeps its input", async () => {
    const browser = await signInUser();
    const profile = new Page((await browser.get("/profile")).text);
    const [first, last] = [profile.field("First name"), profile.field("Last name")];
    const form = profile.form("Save");
    const settings = new Page((await browser.get("/settings")).text);
    const zone = settings.field("Time zone");
    const choose = settings.form("Save time zone");
    app.outbound.fail("convex", fault);
    const [saved, chosen] = await Promise.all([
      browser.submit(form?.action || "/profile", {
        ...form?.fields,
        [first?.attributes.name ?? ""]: "Typed <first>",
        [last?.attributes.name ?? ""]: "Typed last",
      }),
      browser.submit(choose?.action || "/settings", {
        ...choose?.fields,
        [zone?.attributes.name ?? ""]: "Europe/Berlin",
      }),
    ]);
    for (const answer of [saved, chosen]) {
      expect(answer).toBeSafeHtml(503);
      expect(answer.headers.get("retry-after")).toBe("5");
      expect(answer.ms).toBeLessThan(3_000);
      expect(answer).toSayAlert();
      expect(answer).toLeaveSessionAlone();
    }
    const page = new Page(saved.text);
    expect(page.field("First name")?.attributes.value).toBe("Typed <first>");
    expect(page.field("Last name")?.attributes.value).toBe("Typed last");
    expect(new Page(chosen.text).field("Time zone")?.attributes.value).toBe("Europe/Berlin");
  });
});

describe("Convex down", () => {
  /** Pages and files that cannot be shown without their data. */
  const ALL_OR_NOTHING = ["/admin/users", "/admin/audit", "/admin/audit.csv", "/settings/account/export"];

  it.each(["refused", "hang"] as const)(
    "(%s) every page renders in time without live data, or returns 503",
    async (kind) => {
      const ada = app.browser();
      await signIn(ada, "ada@example.com");
      const plain = await signInUser();
      app.outbound.fail("convex", { kind });
      const pages = [
        ...PERSONS_PAGES.filter((path) => path !== "/about" && !ALL_OR_NOTHING.includes(path)),
        "/projects/any", // agents:line
      ];
      // Few at once: each has the limit of one page.
      for (let first = 0; first < pages.length; first += 5) {
        const group = pages.slice(first, first + 5);
        (await Promise.all(group.map((path) => ada.get(path)))).forEach(expectDegraded);
      }
      const [unavailable, data] = await Promise.all([
        Promise.all(ALL_OR_NOTHING.flatMap((path) => [ada.get(path), plain.get(path)])),
        ada.data("/dashboard"),
      ]);
      for (const answer of unavailable) {
        expect(answer.status, answer.path).toBe(503);
        expect(answer.ms, answer.path).toBeLessThan(3_000);
        expect(answer.headers.get("content-disposition")).toBeNull();
        expect(answer).toLeaveSessionAlone();
      }
      expect(data.status).toBe(200);
      expect(data.ms).toBeLessThan(3_000);
      expect(data).toLeaveSessionAlone();
      app.outbound.heal();
      const again = await Promise.all(ALL_OR_NOTHING.map((path) => ada.get(path)));
      expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    },
  );

  it("the session and token endpoints answer from the session cookie", async () => {
    const browser = await signInUser();
    app.outbound.fail("convex", { kind: "refused" });
    expect((await browser.get("/api/auth/session")).text).toContain('"email"');
    expect((await browser.token()).status).toBe(200);
  });

  it("public pages and the 404 page render", async () => {
    const browser = await signInUser();
    app.outbound.fail("convex", { kind: "refused" });
    expect(await app.browser().get("/")).toBeSafeHtml(200);
    expect(await app.browser().get("/login")).toBeSafeHtml(200);
    expect(await browser.get("/no/such/page")).toBeSafeHtml(404);
    expect((await browser.get("/about")).status).toBe(200);
  });

  it("the home page greets the user by the name in the session cookie", async () => {
    const browser = app.browser();
    await signIn(browser, "grace@example.com");
    app.outbound.fail("convex", { kind: "refused" });
    expect((await browser.get("/")).text).toContain("Welcome back, Grace!");
  });

  it("a page without live data is logged with its request id, without Convex's response", async () => {
    const browser = await signInUser();
    app.outbound.fail("convex", { kind: "status", status: 500, body: "secret detail of Convex" });
    const answer = await browser.get("/dashboard");
    const id = answer.headers.get("x-request-id");
    const line = await app.log.line(
      (one) => one.requestId === id && one.level === "error" && one.event !== "request",
    );
    expect(line).toMatchObject({
      error: "ConvexCallError",
      kind: "unavailable",
      status: 500,
      cause: "Error",
    });
    expect(JSON.stringify(app.log.lines)).not.toContain("secret detail");
  });

  it("changing the theme succeeds or returns 503 with a message", async () => {
    const browser = await signInUser();
    const page = new Page((await browser.get("/settings")).text);
    const radio = page.field("Dark");
    const form = radio === undefined ? undefined : page.formOf(radio);
    app.outbound.fail("convex", { kind: "refused" });
    const answer = await browser.submit(form?.action || "/settings", {
      ...form?.fields,
      [radio?.attributes.name ?? ""]: "dark",
    });
    expect([303, 503]).toContain(answer.status);
    if (answer.status === 503) expect(answer).toSayAlert();
  });
});

describe("Convex responding with an error", () => {
  it("a page renders without live data if the result has the wrong shape", async () => {
    const browser = await signInUser();
    for (const value of [
      7,
      null,
      [],
      {},
      { viewer: {} },
      { viewer: 7 },
      { viewer: { _id: "a", email: "b" } },
    ]) {
      app.outbound.fail("convex", {
        kind: "status",
        status: 200,
        body: JSON.stringify({ status: "success", value }),
      });
      expectDegraded(await browser.get("/dashboard"));
    }
  });

  it("a page renders or redirects if Convex rejects the token (401)", async () => {
    const browser = await signInUser();
    const body = JSON.stringify({ code: "InvalidAuthHeader", message: "Could not verify" });
    app.outbound.fail("convex", { kind: "status", status: 401, body });
    const answer = await browser.get("/dashboard");
    expect([200, 302]).toContain(answer.status);
    expect(answer.ms).toBeLessThan(3_000);
  });

  it("a page renders without live data if its query throws", async () => {
    const browser = await signInUser();
    const failed = {
      status: "error",
      errorMessage: "[Request ID: abc] Server Error\nUncaught Error: args {edge}",
    };
    app.outbound.fail("convex", { kind: "status", status: 560, body: JSON.stringify(failed) });
    const answer = await browser.get("/dashboard");
    expectDegraded(answer);
    expect(answer.text).not.toContain("Uncaught");
    expect(JSON.stringify(app.log.lines)).not.toContain("edge");
  });
});
