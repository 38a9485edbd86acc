/** Memberships of the organization of a Mosaic: what ends with them, and invitations that WorkOS sends. */
import { ConvexClient } from "convex/browser";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { type Browser, tokenOf } from "./browser.ts";
import { Page, textOf } from "./html.ts"; // agents:line
import { ACME, organizationOf, type Person } from "./organization-members.ts";
import { authenticate } from "./outbound.ts";
import { approve, comeBack, startFlow } from "./sign-in.ts"; // agents:line
import { startMosaic } from "./start-app.ts";

const RULE = { WORKOS_ORGANIZATION_ID: ACME, ALLOWED_EMAIL_DOMAINS: "example.com" };
const app = startMosaic({ env: RULE, convexEnv: RULE, webhooks: true });
const { workos, member, enter } = organizationOf(app, ACME);

describe("a membership that becomes inactive at WorkOS", () => {
  /** Time in which the sessions end after Convex has received the event. */
  const ENDED = { timeout: 5_000 };

  /** Signs in, and waits for the next second: a session of the same second as the event stays. */
  async function enterBefore(person: Person): Promise<Browser> {
    const browser = await enter(person);
    const started = Math.floor(Date.now() / 1_000);
    await expect.poll(() => Math.floor(Date.now() / 1_000)).toBeGreaterThan(started);
    return browser;
  }

  /** Deactivates the membership, and waits until Convex has received the event. */
  async function deactivate({ id }: Person): Promise<void> {
    const path = `/user_management/organization_memberships?user_id=${id}`;
    const { data } = (await workos("GET", path)) as unknown as { data: [{ id: string }] };
    await workos("PUT", `/user_management/organization_memberships/${data[0].id}/deactivate`);
    const events = async () => {
      const answer = await fetch(`${app.workosUrl}/_local/events`);
      const all = (await answer.json()) as { data: { id: string; status?: string } }[];
      return all.filter((event) => event.data.id === data[0].id && event.data.status === "inactive");
    };
    await expect.poll(events).toMatchObject([{ deliveredAt: expect.any(Number) }]);
  }

  it("ends the user's session and open socket within 5 s", async () => {
    const person = await member();
    const browser = await enterBefore(person);
    const token = await tokenOf(browser);
    const client = new ConvexClient(app.convexUrl, { logger: false });
    client.setAuth(async () => token);
    const heard: unknown[] = [];
    client.onUpdate(
      api.users.viewer,
      {},
      (user) => heard.push(user?.email),
      (error) => heard.push(error instanceof ConvexError ? error.data.code : error),
    );
    await expect.poll(() => heard).toEqual([person.email]);
    await deactivate(person);
    await expect.poll(() => heard.at(-1), ENDED).toBe("unauthenticated");
    await client.close();
    const answer = await browser.get("/dashboard");
    expect(answer).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect(answer).toClearSession();
  });

  it("ends a session whose refresh WorkOS has answered before", async () => {
    const person = await member();
    const browser = await enterBefore(person);
    app.outbound.rewrite("workos", authenticate("refresh_token"), async (body) => {
      await deactivate(person);
      return body;
    });
    const asked = await browser.token({ forceRefresh: true });
    app.outbound.heal();
    expect(asked.status).toBe(200);
    const old = browser.thief();
    expect(await browser.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect((await old.token({ forceRefresh: true })).status).toBe(401);
  });
});

// agents:start
describe("an invitation", () => {
  async function projectOf(browser: Browser, name: string): Promise<string> {
    await browser.submit("/dashboard", { name });
    const page = new Page((await browser.get("/dashboard")).text);
    const link = page
      .tags("a")
      .find((one) => textOf(one).includes(name) && one.attributes.href?.startsWith("/projects/"));
    return link?.attributes.href ?? "";
  }

  const outbox = async (to: string) => {
    const all = (await (await fetch(`${app.workosUrl}/outbox.json`)).json()) as {
      to: string;
      text: string;
      kind: string;
    }[];
    return all.filter((email) => email.to === to);
  };

  const add = (browser: Browser, path: string, email: string) =>
    browser.submit(path, { intent: "add-member", email });
  const withdraw = (browser: Browser, path: string, email: string) =>
    browser.submit(path, { intent: "withdraw", email });

  async function noticeOf(browser: Browser, path: string): Promise<string> {
    return new Page((await browser.get(path)).text)
      .all(({ attributes }) => ["status", "alert"].includes(attributes.role ?? ""))
      .map(textOf)
      .join();
  }

  it("is sent by WorkOS, and its link leads into the organization and the project", async () => {
    const browser = await enter(await member());
    const path = await projectOf(browser, "Harbour");
    const email = app.person();
    expect((await add(browser, path, email)).status).toBe(303);
    expect(await noticeOf(browser, path)).toContain("Invitation sent");
    const [sent] = await outbox(email);
    expect(sent).toMatchObject({ kind: "invitation" });
    const token = new URL(/https?:\S+/.exec(sent?.text ?? "")?.[0] ?? "").searchParams.get(
      "invitation_token",
    );

    const invited = app.browser();
    const flow = await startFlow(invited, `?invitation_token=${token}`);
    flow.authorizeUrl.searchParams.set("invitation_token", token ?? "");
    expect(await comeBack(invited, await approve(flow, email))).toSetSession();
    expect((await invited.get(path)).status).toBe(200);
  });

  it("is withdrawn at WorkOS too, unless another project invites the same e-mail", async () => {
    const browser = await enter(await member());
    const [one, two] = [await projectOf(browser, "One"), await projectOf(browser, "Two")];
    const email = app.person();
    await add(browser, one, email);
    await add(browser, two, email);
    expect(await noticeOf(browser, two)).toContain("Invitation sent");
    expect(await outbox(email)).toHaveLength(1);
    const states = async () => {
      const path = `/user_management/invitations?email=${email}&organization_id=${ACME}`;
      const { data } = (await workos("GET", path)) as unknown as { data: { state: string }[] };
      return data.map(({ state }) => state);
    };
    await withdraw(browser, one, email);
    expect(await states()).toEqual(["pending"]);
    await withdraw(browser, two, email);
    expect(await noticeOf(browser, two)).toContain("Invitation withdrawn");
    expect(await states()).toEqual(["revoked"]);
  });

  it("is withdrawn here if WorkOS does not answer, and the page says so", async () => {
    const browser = await enter(await member());
    const path = await projectOf(browser, "Harbour");
    const email = app.person();
    await add(browser, path, email);
    expect((await browser.get(path)).text).toContain(email);
    app.outbound.fail("workos", { kind: "refused" }, (sent) => sent.path.endsWith("/revoke"));
    expect((await withdraw(browser, path, email)).status).toBe(303);
    const page = await browser.get(path);
    expect(page).toSayAlert("Withdrawn here, but WorkOS did not answer");
    expect(page.text).not.toContain(email);
  });

  it("stays pending here if WorkOS rejects it, and the page says so", async () => {
    const browser = await enter(await member());
    const path = await projectOf(browser, "Harbour");
    const email = app.person();
    app.outbound.fail("workos", { kind: "status", status: 500 }, ({ path }) => path.endsWith("/invitations"));
    expect((await add(browser, path, email)).status).toBe(303);
    expect(await noticeOf(browser, path)).toContain("Added, but the invitation could not be sent");
    expect((await browser.get(path)).text).toContain(email);
  });

  it("is not sent for a member of the organization, another domain, or twice", async () => {
    const browser = await enter(await member());
    const path = await projectOf(browser, "Harbour");
    const { email } = await member();
    await add(browser, path, email);
    expect(await noticeOf(browser, path)).toContain("they join at their first sign-in");
    expect(await outbox(email)).toEqual([]);
    expect((await add(browser, path, email)).status).toBe(400);
    const foreign = await add(browser, path, "mallory@other.example");
    expect(foreign.status).toBe(400);
    expect(await outbox("mallory@other.example")).toEqual([]);
  });
});
// agents:end
