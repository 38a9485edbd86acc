/** Signing in as a person does: to WorkOS's page, through it, and back with a code. */
import { expect } from "vitest";
import { type Answer, type Browser, locationOf } from "./browser.ts";

export type Flow = {
  /** WorkOS's page for this flow. */
  authorizeUrl: URL;
  state: string;
};

/** Begins a sign-in and stops at WorkOS's door. `query` is that of `/api/auth/login`, such as `?returnTo=/profile`. */
export async function startFlow(browser: Browser, query = ""): Promise<Flow> {
  const answer = await browser.get(`/api/auth/login${query}`);
  expect(answer.status).toBe(302);
  const authorizeUrl = locationOf(answer, browser.site.appUrl);
  if (authorizeUrl === null) throw new Error("No address to sign in at");
  return { authorizeUrl, state: authorizeUrl.searchParams.get("state") ?? "" };
}

/** Says yes at WorkOS as `email`; gives the path and query of the callback. */
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

/** The browser comes back from WorkOS, which is another site. */
export function comeBack(browser: Browser, callback: string): Promise<Answer> {
  return browser.get(callback, { headers: { "sec-fetch-site": "cross-site" } });
}

/** Signs `email` in, whole; gives the answer of the callback, which set the session. */
export async function signIn(browser: Browser, email: string, query = ""): Promise<Answer> {
  const flow = await startFlow(browser, query);
  const answer = await comeBack(browser, await approve(flow, email));
  expect(answer).toSetSession();
  return answer;
}
