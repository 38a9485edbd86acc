/** Custom matchers for responses. */
import { expect } from "vitest";
import type { Answer } from "./browser.ts";
import { Page } from "./html.ts";
import { isSessionCookie } from "./seals.ts";

/** APP_URL of the worker in these tests, sent in `Host` and `Origin`. Nothing listens at this address. */
export const APP_URL = "http://localhost:8787";

type Verdict = { pass: boolean; message: () => string };

/** Returns a matcher result that passes if `wrong` is empty. */
function verdict(answer: Answer, isNot: boolean, wrong: string[]): Verdict {
  const about = `${answer.method} ${answer.path} answered ${answer.status}`;
  return {
    pass: wrong.length === 0,
    message: () =>
      isNot ? `${about}, which was not to be` : `${about}: ${wrong.join("; ")}\n${shown(answer)}`,
  };
}

/** Returns the headers and the start of the body, each shortened, for failure messages. */
function shown(answer: Answer): string {
  const headers = [...answer.headers].map(([name, value]) => `  ${name}: ${value.slice(0, 200)}`);
  return [...headers, "", answer.text.slice(0, 600)].join("\n");
}

function matchesAddress(answer: Answer, expected: string | RegExp): boolean {
  const location = answer.headers.get("location");
  if (location === null) return false;
  const url = new URL(location, APP_URL);
  const here = url.origin === APP_URL ? `${url.pathname}${url.search}${url.hash}` : url.href;
  return typeof expected === "string" ? here === expected : expected.test(here);
}

/**
 * Checks the security headers of an HTML page (section 6).
 * @param answer - Response with the page.
 * @returns A description of each header that is missing or too weak.
 */
export function missingHeaders(answer: Answer): string[] {
  const wrong: string[] = [];
  const has = (name: string, fits: RegExp) => {
    const value = answer.headers.get(name);
    if (value === null || !fits.test(value)) wrong.push(`${name} is ${value}`);
  };
  has("x-content-type-options", /^nosniff$/);
  has("referrer-policy", /^(strict-origin-when-cross-origin|strict-origin|same-origin|no-referrer)$/);
  has("permissions-policy", /\w/);
  has("cross-origin-opener-policy", /^same-origin$/);
  has("cross-origin-resource-policy", /^same-origin$/);
  const policy = answer.headers.get("content-security-policy") ?? "";
  const directives = new Map(
    policy.split(";").map((part) => {
      const [name = "", ...sources] = part.trim().split(/\s+/);
      return [name, sources] as const;
    }),
  );
  const is = (name: string, fits: (sources: string[]) => boolean) => {
    const sources = directives.get(name);
    if (sources === undefined || !fits(sources)) wrong.push(`${name} is ${sources?.join(" ")}`);
  };
  const none = (sources: string[]) => sources.length === 1 && sources[0] === "'none'";
  is("default-src", none);
  is("object-src", none);
  is("base-uri", none);
  is("frame-ancestors", none);
  is("script-src", (sources) => sources.includes("'self'") && !sources.some((one) => /unsafe/.test(one)));
  is("style-src", (sources) => !sources.some((one) => /unsafe/.test(one)));
  is("img-src", (sources) => sources.every((one) => /^('self'|data:|https:)$/.test(one)));
  is("connect-src", (sources) => sources.includes("'self'") && sources.some((one) => /^wss?:\/\//.test(one)));
  is("form-action", (sources) => sources.includes("'self'") && sources.length <= 2);
  return wrong;
}

expect.extend({
  toRedirectTo(answer: Answer, expected: string | RegExp, status = 302) {
    const wrong: string[] = [];
    if (answer.status !== status) wrong.push(`wanted ${status}`);
    if (!matchesAddress(answer, expected))
      wrong.push(`wanted ${expected}, not ${answer.headers.get("location")}`);
    return verdict(answer, this.isNot, wrong);
  },

  toRedirectDataTo(answer: Answer, expected: string) {
    const wrong: string[] = [];
    if (answer.status !== 202) wrong.push("wanted React Router's 202");
    if (!answer.text.includes(JSON.stringify(expected))) wrong.push(`wanted ${expected}`);
    return verdict(answer, this.isNot, wrong);
  },

  toSetSession(answer: Answer) {
    const set = answer.setCookies.filter((cookie) => isSessionCookie(cookie) && !cookie.clears);
    const wrong = set.length === 0 ? ["no session cookie is set"] : [];
    for (const cookie of set) {
      if (!cookie.httpOnly) wrong.push("not HttpOnly");
      if (cookie.sameSite?.toLowerCase() !== "lax") wrong.push(`SameSite is ${cookie.sameSite}`);
      if (cookie.path !== "/") wrong.push(`Path is ${cookie.path}`);
      if (cookie.maxAge === null || cookie.maxAge > 604_800) wrong.push(`Max-Age is ${cookie.maxAge}`);
    }
    return verdict(answer, this.isNot, wrong);
  },

  toClearSession(answer: Answer) {
    const touched = answer.setCookies.filter(isSessionCookie);
    const wrong: string[] = [];
    if (!touched.some((cookie) => cookie.name.endsWith("wos-session") && cookie.clears))
      wrong.push("not cleared");
    if (touched.some((cookie) => !cookie.clears)) wrong.push("a session is set");
    return verdict(answer, this.isNot, wrong);
  },

  toLeaveSessionAlone(answer: Answer) {
    const touched = answer.setCookies.filter(isSessionCookie).map(({ name }) => `${name} is touched`);
    return verdict(answer, this.isNot, touched);
  },

  toSetNoCookie(answer: Answer) {
    return verdict(
      answer,
      this.isNot,
      answer.setCookies.map(({ name }) => `${name} is touched`),
    );
  },

  toBeForOnePerson(answer: Answer) {
    const wrong: string[] = [];
    const cache = answer.headers.get("cache-control") ?? "";
    if (!/\bprivate\b/.test(cache) || !/\bno-store\b/.test(cache)) wrong.push(`Cache-Control is ${cache}`);
    if (!/\bcookie\b/i.test(answer.headers.get("vary") ?? ""))
      wrong.push(`Vary is ${answer.headers.get("vary")}`);
    return verdict(answer, this.isNot, wrong);
  },

  toBeSafeHtml(answer: Answer, status = 200) {
    const wrong = missingHeaders(answer);
    if (answer.status !== status) wrong.push(`wanted ${status}`);
    if (!/^text\/html/.test(answer.headers.get("content-type") ?? "")) wrong.push("not HTML");
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    if (nonce === undefined) wrong.push("no nonce");
    for (const script of new Page(answer.text).tags("script")) {
      const { src, nonce: own, type } = script.attributes;
      if (src === undefined && type !== "application/json" && own !== nonce)
        wrong.push("a script without the nonce");
    }
    // WCAG 2.4.2: an error page needs a title too.
    if (!/<title>[^<]{3,}<\/title>/.test(answer.text)) wrong.push("no title");
    return verdict(answer, this.isNot, wrong);
  },

  toSayAlert(answer: Answer, words: string | RegExp = /\S/) {
    const alerts = new Page(answer.text).role("alert");
    const said = alerts.some((text) => (typeof words === "string" ? text.includes(words) : words.test(text)));
    return verdict(answer, this.isNot, said ? [] : [`no alert says ${words}: ${JSON.stringify(alerts)}`]);
  },
});

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Redirects to a path and query of the app, or to an absolute URL of another site. */
    toRedirectTo(expected: string | RegExp, status?: number): R;
    /** Redirects a `.data` request, in React Router's encoding. */
    toRedirectDataTo(expected: string): R;
    toSetSession(): R;
    toClearSession(): R;
    toLeaveSessionAlone(): R;
    toSetNoCookie(): R;
    /** Is `private, no-store` with `Vary: Cookie`. */
    toBeForOnePerson(): R;
    /** Is an HTML page with every header of section 6 and a nonce on each script. */
    toBeSafeHtml(status?: number): R;
    /** Has a `role="alert"` element with this text. */
    toSayAlert(words?: string | RegExp): R;
  }
}
