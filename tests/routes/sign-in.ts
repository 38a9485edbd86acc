/** Sign-in through the WorkOS emulator, as a user does it. */
import { expect } from "vitest";
import { type Answer, type Browser, locationOf } from "./browser.ts";
import { COOKIE_PASSWORD, type Harness } from "./harness.ts";
import { authenticate, type OutboundRequest } from "./outbound.ts";
import { sessionSeal, unseal } from "./seals.ts";

export type Flow = {
  /** URL of WorkOS's sign-in page for this flow. */
  authorizeUrl: URL;
  state: string;
};

/**
 * Starts a sign-in up to the redirect to WorkOS.
 * @param browser - Browser that signs in.
 * @param query - Query of `/api/auth/login`, such as `?returnTo=/profile`.
 * @returns The pending flow.
 */
export async function startFlow(browser: Browser, query = ""): Promise<Flow> {
  const answer = await browser.get(`/api/auth/login${query}`);
  expect(answer.status).toBe(302);
  const authorizeUrl = locationOf(answer, browser.site.appUrl);
  if (authorizeUrl === null) throw new Error("No address to sign in at");
  return { authorizeUrl, state: authorizeUrl.searchParams.get("state") ?? "" };
}

/**
 * Signs in at WorkOS.
 * @param flow - Pending flow.
 * @param email - E-mail of the user.
 * @returns Path and query of the callback.
 */
export async function approve(flow: Flow, email: string): Promise<string> {
  const answer = await fetch(flow.authorizeUrl, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ email }).toString(),
  });
  expect(answer.status, await answer.text()).toBe(302);
  const back = new URL(answer.headers.get("location") ?? "");
  return `${back.pathname}${back.search}`;
}

/**
 * Opens the callback, as after a redirect from another site.
 * @param browser - Browser that signs in.
 * @param callback - Path and query of the callback.
 * @returns The response.
 */
export function comeBack(browser: Browser, callback: string): Promise<Answer> {
  return browser.get(callback, { headers: { "sec-fetch-site": "cross-site" } });
}

/**
 * Signs a user in completely.
 * @param browser - Browser that signs in.
 * @param email - E-mail of the user.
 * @param query - Query of `/api/auth/login`, such as `?returnTo=/profile`.
 * @returns The callback's response, which sets the session.
 */
export async function signIn(browser: Browser, email: string, query = ""): Promise<Answer> {
  const flow = await startFlow(browser, query);
  const answer = await comeBack(browser, await approve(flow, email));
  expect(answer).toSetSession();
  return answer;
}

/**
 * Signs in a new user whose session has a picture URL of incompressible characters.
 * @param app - The running Mosaic.
 * @param browser - Browser that signs in.
 * @param length - Number of characters.
 * @returns The callback's response.
 */
export async function signInWithLargeSession(
  app: Harness,
  browser: Browser,
  length: number,
): Promise<Answer> {
  const random = Array.from({ length }, (_, index) => ((index * 7919) % 36).toString(36)).join("");
  app.outbound.rewrite("workos", authenticate(), (body) => ({
    ...body,
    user: { ...(body.user as object), profile_picture_url: `https://pictures.example/${random}` },
  }));
  const answer = await comeBack(browser, await approve(await startFlow(browser), app.person()));
  app.outbound.heal();
  return answer;
}

/**
 * Returns a matcher of the refreshes with a browser's current refresh token. Others may be refreshed at any time: the
 * worker repeats a refresh that failed up to 25 s later, also those of the test files before.
 */
export async function refreshesOf({ jar }: Browser): Promise<(request: OutboundRequest) => boolean> {
  const { refreshToken } = await unseal(sessionSeal(jar), COOKIE_PASSWORD);
  const isRefresh = authenticate("refresh_token");
  return (request) => isRefresh(request) && request.body.includes(String(refreshToken));
}
