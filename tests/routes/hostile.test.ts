/**
 * Attack requests, each sent as a guest and with a signed-in user's cookies. None may cause a server error,
 * redirect to another site, allow cross-origin reads, leak data or end a session.
 */
import { beforeAll, expect, it } from "vitest";
import { type Answer, Browser, jsonOf, locationOf } from "./browser.ts";
import { hostile } from "./hostile-requests.ts";
import { elements, parseHtml } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

let ada: Browser;
beforeAll(async () => {
  ada = app.browser();
  await signIn(ada, app.person());
});

/** Returns the URLs that the markup links to or loads from. */
function addressesIn(html: string): string[] {
  const names = ["href", "src", "action", "formaction", "content"];
  return [...elements(parseHtml(html))].flatMap(({ tag, attributes }) =>
    names.flatMap((name) => (name === "content" && tag !== "meta" ? [] : (attributes[name] ?? []))),
  );
}

function wrongWith(answer: Answer): string[] {
  const wrong: string[] = [];
  const { status, headers, setCookies, text } = answer;
  if (status >= 500) wrong.push("a server error");
  const names = [...headers.keys()];
  if (names.some((name) => name.startsWith("access-control-") && !answer.path.startsWith("/api/v1/")))
    wrong.push("another site may read it");
  if (names.includes("x-injected") || setCookies.some(({ name }) => name.includes("injected")))
    wrong.push("a header of the attacker's");
  if (headers.has("refresh")) wrong.push("a redirect by Refresh");
  if (setCookies.some(({ domain }) => domain !== null)) wrong.push("a cookie for a whole domain");
  wrong.push(...wrongWithRedirect(answer));
  if (!/^text\/html/.test(headers.get("content-type") ?? "")) return wrong;
  if (/<script>alert|root:.*:0:0:|\[core\]|compatibility_date/.test(text))
    wrong.push("what it never was to say");
  for (const address of addressesIn(text)) {
    const target = URL.canParse(address, APP_URL) ? new URL(address, APP_URL) : null;
    if (/evil/.test(target?.host ?? "") || /^(javascript|data):/.test(address.trim()))
      wrong.push(`the page leads to ${address.slice(0, 100)}`);
  }
  return wrong;
}

function wrongWithRedirect(answer: Answer): string[] {
  const to = locationOf(answer, APP_URL);
  if (to === null || to.origin === APP_URL) return [];
  const workos = new URL(app.workosUrl).origin;
  const isOurs = to.origin === workos && to.pathname === "/user_management/authorize";
  if (!isOurs) return [`a redirect to ${to.href.slice(0, 200)}`];
  const back = to.searchParams.getAll("redirect_uri");
  return back.length === 1 && back[0] === `${APP_URL}/callback` ? [] : [`a sign-in that ends at ${back}`];
}

it("has at least 100 requests", () => expect(hostile.length).toBeGreaterThanOrEqual(100));

it.each(
  hostile.map((one, index) => ({
    ...one,
    title: `${index + 1}. ${one.what}: ${one.method} ${one.path.slice(0, 80)}`,
  })),
)("$title", async ({ method, path, options }) => {
  const guest = app.browser();
  const signedIn = new Browser(app.site(), guest.address, ada.jar.copy());
  for (const browser of [guest, signedIn]) {
    const answer = await browser.send(method, path, options);
    expect(wrongWith(answer), `${answer.status}: ${answer.text.slice(0, 300)}`).toEqual([]);
  }
});

it("the session is unchanged after all requests", async () => {
  const { user } = jsonOf<{ user: { firstName: string | null } | null }>(await ada.get("/api/auth/session"));
  expect(user).not.toBeNull();
  expect((await ada.get("/dashboard")).status).toBe(200);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
