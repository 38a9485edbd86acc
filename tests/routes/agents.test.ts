/** Pages of agents without JavaScript: the field with its filter, totals, and the page of each agent. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Answer, Browser } from "./browser.ts";
import { press, statusOf } from "./fill-in.ts";
import { Page, textOf } from "./html.ts";
import { calls } from "./outbound.ts";
import { createReportingProject, signInReporter } from "./reporting.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const MINUTE = 60_000;

/** Names that a path must carry without change. */
const NAMES = [
  "a/b",
  "a%2Fb",
  "a%252Fb",
  "a/../b",
  "%2e%2e",
  "a b",
  "🦊 fox",
  "é",
  "x.data",
  "_",
  "?#&",
  "a\\b",
];

let ann: Browser;
let path: string;
let now: number;

const nameIn = (answer: Answer) => new Page(answer.text).tags("h1").map(textOf).join();
const agentsIn = ({ text }: Answer) =>
  new Page(text).all((one) => one.attributes.class === "agent").map((one) => one.attributes["data-state"]);
const hrefsIn = ({ text }: Answer) => new Page(text).tags("a").map(({ attributes }) => attributes.href ?? "");

beforeAll(async () => {
  const user = await signInReporter(app);
  const project = await createReportingProject(app, user, "Fleet");
  ann = user.browser;
  path = `/projects/${project.id}`;
  now = Date.now();
  const sent = await project.send({
    metrics: [
      { agent: "writer", name: "tokens", kind: "counter", value: 1200, at: now - 1000 },
      { agent: "writer", name: "cost $", kind: "counter", value: 0.25, at: now - 2000 },
      { agent: "reader", name: "tokens", kind: "counter", value: 9000, at: now - 1000 },
      { agent: "late", name: "load", value: 3, at: now - 40 * MINUTE },
      ...NAMES.map((agent) => ({ agent, name: "n", value: 1, at: now - 3 * MINUTE })),
    ],
    statuses: [
      { agent: "writer", state: "working", message: "Chapter 1", at: now - 2 * MINUTE },
      { agent: "writer", state: "failed", message: "out of\u0007 ink", at: now - MINUTE },
      { agent: "reader", state: "waiting", message: "May I \u202e?", at: now - MINUTE },
    ],
  });
  expect(sent.status, sent.text).toBe(202);
  await vi.waitFor(async () => expect(agentsIn(await ann.get(path))).toHaveLength(15), {
    timeout: 10_000,
    interval: 100,
  });
}, 60_000);

describe("the field of agents", () => {
  it("has a tile for each agent with health, message and values, worst first", async () => {
    const page = await ann.get(path);
    expect(page).toBeSafeHtml(200);
    expect(agentsIn(page).slice(0, 4)).toEqual(["failed", "silent", "waiting", "quiet"]);
    const [tile] = new Page(page.text).all((one) => one.attributes.class === "agent");
    expect(tile && textOf(tile)).toMatch(
      /^writer.*Failed, ?1 min ago.*out of ink.*cost \$ ?0\.25 ?today.*tokens ?1\.2 k ?today/,
    );
    expect(page.text).not.toContain("\u0007");
    // A mark of direction ends with the message, here and on the agent's page.
    for (const { text } of [page, await ann.get(`${path}/agents/reader`)]) {
      expect(text).toMatch(/<bdi[^>]*>May I \u202e\?<\/bdi>/);
    }
  });

  it("is filtered by name and health in the URL", async () => {
    const filtered = async (query: string) => agentsIn(await ann.get(path + query)).join();
    expect(await filtered("?q=WRIT")).toBe("failed");
    expect(await filtered("?health=silent")).toBe("silent");
    expect(await filtered("?q=writer&health=silent")).toBe("");
    expect(await filtered("?health=unknown&q=er")).toBe("failed,waiting");
    const page = new Page((await ann.get(`${path}?q=x&health=fresh&range=7d`)).text);
    expect(page.field("Find an agent")?.attributes.value).toBe("x");
    expect(textOf(page.root)).toContain("No agents match your search.");
    expect(page.all(({ attributes }) => attributes.name === "range")[0]?.attributes.value).toBe("7d");
  });

  it("says that there are no metrics yet if the agents sent none", async () => {
    const user = await signInReporter(app);
    const project = await createReportingProject(app, user);
    expect((await project.post("/api/v1/agents/scout/ping", undefined)).status).toBe(202);
    await expect.poll(async () => (await project.agents()).length, { timeout: 10_000 }).toBe(1);
    expect((await user.browser.get(`/projects/${project.id}`)).text).toContain("No metrics yet");
  });

  it("has a table of totals that the URL sorts", async () => {
    const rows = async (query: string) => {
      const page = new Page((await ann.get(path + query)).text);
      const [table] = page.all((one) => one.attributes["aria-label"] === "Totals");
      const text = table ? textOf(table) : "";
      return text.replace(/\s+/g, " ");
    };
    expect(await rows("")).toMatch(/Agent.*Metric.*Today.*7 days.*30 days/);
    expect(await rows("?sort=last7d")).toMatch(/reader ?tokens ?9,000.*writer ?tokens ?1,200.*writer ?cost/);
    expect(await rows("?sort=name")).toMatch(/writer ?cost \$ ?0\.25.*reader ?tokens.*writer ?tokens/);
  });

  it("is on home with what needs attention, where and since when", async () => {
    const page = new Page((await ann.get("/")).text);
    expect(textOf(page.root)).toMatch(/3 agents need attention, first ?writer in Fleet, failed, 1 min ago/);
    expect(page.link("writer")?.attributes.href).toBe(`${path}/agents/writer`);
  });
});

describe("an agent's page", () => {
  it("has its name, states, metrics, chart and events", async () => {
    const page = await ann.get(`${path}/agents/writer`);
    expect(page).toBeSafeHtml(200);
    expect(page).toBeForOnePerson();
    expect(nameIn(page)).toBe("writer");
    const text = textOf(new Page(page.text).root);
    expect(text).toMatch(/States.*Failed ?out of ink.*Working ?Chapter 1/s);
    expect(text).toContain("Sum of tokens of writer, last hour");
    expect(text).toContain("Each point is the sum of a minute.");
    const lists = new Page(page.text).tags("ul").map(({ attributes }) => attributes["aria-label"]);
    expect(lists).toEqual(expect.arrayContaining(["States", "Events", "Metrics"]));
    expect(text).not.toContain("9,000");
  });

  it.each(["30d", "90d"])("draws the range %s, with the sum of its buckets", async (range) => {
    const page = await ann.get(`${path}/agents/writer?name=tokens&range=${range}`);
    const [table] = new Page(page.text).tags("table");
    expect(table && textOf(table)).toMatch(/^.*Time ?Value ?Count.*1,200/s);
  });

  it.each(NAMES)("is reached by the link of the agent %s", async (name) => {
    const links = hrefsIn(await ann.get(path)).filter((href) => /\/agents\/[^?]*$/.test(href));
    const pages = await Promise.all(links.map(async (href) => nameIn(await ann.get(href))));
    expect(pages.filter((shown) => shown === name)).toHaveLength(1);
  });

  it("returns 404 for an agent that does not exist, and to strangers", async () => {
    expect((await ann.get(`${path}/agents/nobody`)).status).toBe(404);
    const ben = app.browser();
    await signIn(ben, app.person());
    expect((await ben.get(`${path}/agents/writer`)).status).toBe(404);
    expect((await app.browser().get(`${path}/agents/writer`)).status).toBe(302);
  });

  it("has a form for the interval, which keeps what is invalid", async () => {
    const page = `${path}/agents/late`;
    for (const minutes of ["0", "44641", "soon"]) {
      const answer = await press(ann, page, "Save", { minutes });
      expect(answer).toBeSafeHtml(400);
      const field = new Page(answer.text).field("Every (minutes)");
      expect(field?.attributes).toMatchObject({ "aria-invalid": "true", value: minutes });
    }
    expect(await statusOf(ann, await press(ann, page, "Save", { minutes: "90" }))).toContain("Saved");
    const text = textOf(new Page((await ann.get(page)).text).root);
    expect(text).toContain("Reports every 1.5 h (set)");
    // It reported 40 minutes ago, which is in time now.
    expect(text).toMatch(/Fresh, ?40 min ago/);
    expect(await statusOf(ann, await press(ann, page, "Save", { minutes: "" }))).toContain("Saved");
  });

  it("mutes, unmutes and retires without JavaScript", async () => {
    const page = `${path}/agents/writer`;
    expect(await statusOf(ann, await press(ann, page, "Mute", { time: "8 hours" }))).toContain("Agent muted");
    const muted = textOf(new Page((await ann.get(page)).text).root);
    expect(muted).toMatch(/Muted, ?(just now|1 min ago).*Muted until/s);
    expect(await statusOf(ann, await press(ann, page, "Unmute"))).toContain("Agent unmuted");
    expect(await statusOf(ann, await press(ann, page, "Retire"))).toContain("Agent retired");
    const retired = new Page((await ann.get(page)).text);
    expect(retired.role("alert").join()).toContain("Retired");
    expect(retired.button("Retire")).toBeUndefined();
    expect(agentsIn(await ann.get(path))).not.toContain("failed");
  });
});

it("the page of an agent is recorded when an admin opens it in another user's project", async () => {
  const admin = app.browser();
  await signIn(admin, "ada@example.com");
  app.outbound.forget();
  expect((await admin.get(`${path}/agents/writer`)).status).toBe(200);
  await app.outbound.seen("convex", calls("edge:projectViewed"), 1, 5_000);
});
