/**
 * Score of each page in Mozilla's HTTP Observatory. The rules (algorithm 4, `@mdn/mdn-http-observatory`) are
 * reimplemented here, because the package scans only public hosts.
 */
import { beforeAll, expect, it } from "vitest";
import { PERSONS_PAGES } from "../pages.ts";
import { type Answer, Browser, type Site } from "./browser.ts";
import { Page } from "./html.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const APP_URL = "https://mosaic.example";
const WANTED = 130;
const SIX_MONTHS_S = 15_552_000;
const BROAD = /^(\*|ftp:|https?:|https?:\/\/\*(\.\*)?)$/;
const UNSAFE = /^('unsafe-inline'|data:)$/;

let guest: Browser;
let ada: Browser;
beforeAll(async () => {
  const site: Site = await app.another({ APP_URL });
  guest = new Browser(site, "10.30.0.1");
  // The emulator redirects only to this machine, so sign in here and copy the session cookie.
  const here = app.browser();
  await signIn(here, "ada@example.com");
  ada = new Browser(site, "10.30.0.2", here.jar.copy());
});

type Policy = Map<string, string[]>;

function policyOf(answer: Answer): Policy {
  // The emulators run on this machine over http; other hosts must use https.
  const policy = [app.workosUrl, app.convexUrl].reduce(
    (words, url) => words.replaceAll(url, url.replace("http:", "https:")),
    answer.headers.get("content-security-policy") ?? "",
  );
  const parts = policy.split(";").map((part) => part.trim());
  return new Map(
    parts.filter(Boolean).map((part) => {
      const [name = "", ...sources] = part.toLowerCase().split(/\s+/);
      return [name, sources] as const;
    }),
  );
}

/** Returns the points for the Content-Security-Policy: those of the worst rule that applies. */
function policyPoints(policy: Policy): number {
  if (policy.size === 0) return -25;
  const of = (name: string) => policy.get(name) ?? policy.get("default-src") ?? ["*"];
  const scripts = of("script-src");
  const passive = new Set([...of("img-src"), ...of("media-src")]);
  const active = [...policy].flatMap(([name, sources]) => (/^(img|media)-src$/.test(name) ? [] : sources));
  const isPlain = (source: string) => /^(http|ftp):/.test(source);
  if (scripts.some((source) => BROAD.test(source) || UNSAFE.test(source))) return -20;
  if (of("object-src").some((source) => BROAD.test(source)) || active.some(isPlain)) return -20;
  if ([...scripts, ...of("style-src")].includes("'unsafe-eval'")) return -10;
  if ([...passive].some(isPlain)) return -10;
  if (of("style-src").some((source) => BROAD.test(source) || UNSAFE.test(source))) return 0;
  return policy.get("default-src")?.join() === "'none'" ? 10 : 5;
}

/** Returns the points for cookies; 0 if there are none. */
function cookiePoints({ setCookies }: Answer): number {
  const set = setCookies.filter(({ clears }) => !clears);
  if (set.length === 0) return 0;
  if (set.some(({ name, httpOnly }) => /sess|login/i.test(name) && !httpOnly)) return -30;
  if (set.some(({ secure }) => !secure)) return -10;
  return set.every(({ sameSite }) => sameSite !== null) ? 5 : 0;
}

function scriptPoints(answer: Answer): number {
  const foreign = new Page(answer.text)
    .tags("script")
    .some(({ attributes }) => /^(https?:)?\/\//.test(attributes.src ?? ""));
  return foreign ? -5 : 0;
}

/** Returns the score of a page. Bonus points count only if the score without them is at least 90. */
function score(answer: Answer): { total: number; points: Record<string, number> } {
  const { headers } = answer;
  const policy = policyOf(answer);
  const age = Number(/max-age=(\d+)/.exec(headers.get("strict-transport-security") ?? "")?.[1] ?? 0);
  const referrer = headers.get("referrer-policy") ?? "";
  const isPrivate = /^(no-referrer|same-origin|strict-origin(-when-cross-origin)?)$/.test(referrer);
  const points = {
    policy: policyPoints(policy),
    cookies: cookiePoints(answer),
    transport: age >= SIX_MONTHS_S ? 0 : age > 0 ? -10 : -20,
    referrer: isPrivate ? 5 : referrer === "" ? 0 : -5,
    types: headers.get("x-content-type-options") === "nosniff" ? 0 : -5,
    frames: policy.has("frame-ancestors") ? 5 : -20,
    resource: /^same-(origin|site)$/.test(headers.get("cross-origin-resource-policy") ?? "") ? 10 : 0,
    sharing: headers.has("access-control-allow-origin") ? -50 : 0,
    scripts: scriptPoints(answer),
  };
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 100);
  const without = sum(Object.values(points).filter((value) => value < 0));
  return { total: without >= 90 ? sum(Object.values(points)) : without, points };
}

const GUESTS = ["/", "/login", "/about", "/no/such/page"];

it.each([
  ...GUESTS.map((path) => ({ path, who: "a guest" })),
  ...PERSONS_PAGES.map((path) => ({ path, who: "an admin" })),
])("$path for $who scores at least 130 points in HTTP Observatory", async ({ path, who }) => {
  const answer = await (who === "a guest" ? guest : ada).get(path);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  expect(answer.status).toBe(path === "/no/such/page" ? 404 : 200);
  const { total, points } = score(answer);
  expect(total, JSON.stringify(points)).toBeGreaterThanOrEqual(WANTED);
});
