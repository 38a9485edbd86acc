/** Invitations of new members, which WorkOS sends for the organization of a Mosaic. */
import { describe, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { ACME, organizationOf } from "./organization-members.ts";
import { approve, comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const RULE = { WORKOS_ORGANIZATION_ID: ACME, ALLOWED_EMAIL_DOMAINS: "example.com" };
const app = startMosaic({ env: RULE, convexEnv: RULE });
const { workos, member, enter } = organizationOf(app, ACME);

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
