/** Cookies of a token refresh: on which responses they are written, and which requests cause no refresh. */
import { describe, expect, it } from "vitest";
import type { Answer, Browser } from "./browser.ts";
import { Page } from "./html.ts";
import { authenticate } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

/** Tokens that are in their last minute from the start, so that every use refreshes them. */
const app = startMosaic({ accessTokenSeconds: 45 });
const refreshes = () => app.outbound.count("workos", authenticate("refresh_token"));

async function signInUser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  app.outbound.forget();
  return browser;
}

describe("the refreshed cookie is written", () => {
  const answers: [string, (browser: Browser) => Promise<Answer>, number][] = [
    ["on a page", (browser) => browser.get("/dashboard"), 200],
    ["on a data response", (browser) => browser.data("/dashboard"), 200],
    [
      "on the response to a valid form",
      (browser) => sendForm(browser, "/profile", "Save", { "First name": "Ann" }),
      303,
    ],
    [
      "on the response to an invalid form",
      (browser) => sendForm(browser, "/profile", "Save", { "First name": "x".repeat(101) }),
      400,
    ],
    ["on a token response", (browser) => browser.token(), 200],
  ];

  it.each(answers)("%s", async (_where, ask, status) => {
    const browser = await signInUser();
    const answer = await ask(browser);
    expect(answer.status).toBe(status);
    expect(answer).toSetSession();
    expect(answer).toBeForOnePerson();
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it.each(["/", "/no/such/page", "/login", "/projects/no-such-project"])(
    "on %s if it caused a refresh",
    async (path) => {
      const browser = await signInUser();
      const answer = await browser.get(path);
      if (refreshes() > 0) expect(answer).toSetSession();
      expect(answer).not.toClearSession();
      expect((await browser.get("/dashboard")).status).toBe(200);
    },
  );
});

describe("no refresh is caused by", () => {
  it.each(["/", "/dashboard", "/profile"])("HEAD %s", async (path) => {
    const browser = await signInUser();
    const answer = await browser.send("HEAD", path);
    expect(answer).toSetNoCookie();
    expect(refreshes()).toBe(0);
  });

  it("prefetched data", async () => {
    const browser = await signInUser();
    const answer = await browser.data("/dashboard", { headers: { "sec-purpose": "prefetch" } });
    expect([200, 204]).toContain(answer.status);
    expect(answer).toSetNoCookie();
    expect(refreshes()).toBe(0);
  });

  it.each(["/healthz", "/about", "/api/no/such"])("GET %s", async (path) => {
    const browser = await signInUser();
    await browser.get(path);
    expect(refreshes()).toBe(0);
  });
});

/** Fills in a page's form and submits it with the cookie from before the page request. */
async function sendForm(
  browser: Browser,
  path: string,
  button: string,
  values: Record<string, string>,
): Promise<Answer> {
  const page = new Page((await browser.thief().get(path)).text);
  const form = page.form(button);
  const fields = { ...form?.fields };
  for (const [label, value] of Object.entries(values))
    fields[page.field(label)?.attributes.name ?? label] = value;
  return browser.submit(form?.action || path, fields);
}
