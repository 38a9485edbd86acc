/** Browsers that lack a feature, a time zone or a language, simulated by removing it from Chromium. */
import { resolve } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { missingKeys, scriptNames } from "../browser-floor.ts";
import { PERSONS_PAGES } from "../pages.ts";
import {
  alert,
  banner,
  button,
  field,
  heading,
  projectForm,
  said,
  shows,
  themePicker,
  untilHydrated,
  untilLive,
} from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

/**
 * Removes everything that the oldest supported browsers lack, and blocks storage as Firefox does without
 * cookies.
 */
const OLDEST = `
  for (const { owner, member } of ${JSON.stringify(scriptNames(missingKeys))}) {
    const type = globalThis[owner];
    try {
      if (member === null) delete globalThis[owner];
      else for (const object of [type, type?.prototype]) if (object) delete object[member];
    } catch {}
  }
  const blocked = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"]) {
    Object.defineProperty(window, name, { get: blocked });
  }
  window.BroadcastChannel = class { constructor() { blocked(); } };
  delete Crypto.prototype.randomUUID;
  delete Intl.supportedValuesOf;
  for (const name of ["clipboard", "locks", "serviceWorker", "permissions", "storage", "connection"]) {
    delete Navigator.prototype[name];
  }
  delete window.Notification;
`;

/** Loads a document, and expects that hydration keeps the heading of the server's HTML. */
async function loadWhole(page: Page, path: string): Promise<void> {
  const response = await page.goto(path);
  const [, sent] = /<h1[^>]*>(.*?)<\/h1>/s.exec((await response?.text()) ?? "") ?? [];
  if (path !== "/about") await untilHydrated(page);
  expect(await heading(page).innerHTML(), path).toBe(sent);
}

test("a guest's pages hydrate in the oldest browsers, and the theme form works", async () => {
  const visitor = await stage.visitor({ without: OLDEST });
  visitor.allow(/404 \(Not Found\)/);
  const page = await visitor.open("/login");
  for (const path of ["/login", "/about", "/nowhere"]) await loadWhole(page, path);
  await loadWhole(page, "/login?error=state_mismatch");
  await shows(alert(page), /cookies/i);
  await loadWhole(page, "/");
  const left = "[Map.groupBy, Promise.withResolvers, AbortSignal.any, URL.parse, [].toSorted].map(Boolean)";
  expect(await page.evaluate(left)).toEqual([false, false, false, false, true]);
  await themePicker(page).choice("Dark").check();
  await expect.poll(() => visitor.html("/")).toContain('data-theme="dark"');
});

test("a user's pages hydrate in the oldest browsers, and forms work", async () => {
  const visitor = await stage.signedIn("ada@example.com", { without: OLDEST });
  const page = await visitor.open("/");
  const withForms = ["/settings", "/dashboard"];
  for (const path of PERSONS_PAGES) if (!withForms.includes(path)) await loadWhole(page, path);
  await loadWhole(page, "/settings");
  await untilLive(page);
  await field(page, "Time zone").fill("Europe/Berlin");
  await button(page, "Save time zone").click();
  await said(page, "Saved");
  // agents:start
  await loadWhole(page, "/dashboard");
  await untilLive(page);
  await projectForm(page).name.fill("Old hull");
  await projectForm(page).create.click();
  await page.getByRole("link", { name: "Old hull", exact: true }).click();
  await shows(heading(page), "Old hull");
  await field(page, "Key name").fill("Laptop");
  await button(page, "Create key").click();
  await said(page, /mosaic_/);
  // agents:end
});

test("the page stays usable if the live connection throws", async () => {
  const visitor = await stage.signedIn("unlucky@example.com", {
    without: `
      const { addEventListener } = window;
      window.addEventListener = function (name, ...others) {
        if (name === "online") throw new Error("no listeners today");
        return addEventListener.call(this, name, ...others);
      };`,
  });
  visitor.allow(/no listeners today/);
  const page = await visitor.open("/dashboard");
  await shows(page.getByRole("contentinfo"), "Live data is unavailable");
  await shows(heading(page), "Dashboard");
  await banner(page).signOut.waitFor();
  expect(await projectForm(page).name.count()).toBe(1); // agents:line
});

test("the error page shows, without a render loop, if the layout throws", async () => {
  const visitor = await stage.signedIn("unluckier@example.com", {
    without: `
      const { querySelector } = Document.prototype;
      Document.prototype.querySelector = function (selector) {
        if (!selector.includes("aria-current")) return querySelector.call(this, selector);
        window.thrown = (window.thrown ?? 0) + 1;
        throw new Error("no current link today");
      };`,
  });
  visitor.allow(/no current link today/);
  const page = await visitor.open("/profile");
  await shows(heading(page), "Something went wrong");
  expect(await page.evaluate("window.thrown")).toBeLessThan(10);
});

const LACKS_ZONE = `
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = class extends DateTimeFormat {
    constructor(locale, options) {
      if (options?.timeZone === "Asia/Tokyo") throw new RangeError("Invalid time zone specified: Asia/Tokyo");
      super(locale, options);
    }
  };`;

test("a stored time zone that the browser does not know falls back to UTC with a note", async () => {
  const settled = await (await stage.signedIn("moved@example.com", { timezoneId: "Asia/Tokyo" })).open(
    "/settings",
  );
  await untilLive(settled);
  await expect.poll(() => field(settled, "Time zone").inputValue()).toBe("Asia/Tokyo");
  const visitor = await stage.signedIn("moved@example.com", { without: LACKS_ZONE });
  const page = await visitor.open("/");
  for (const path of ["/", "/dashboard", "/settings/sessions", "/settings/activity", "/settings"]) {
    await loadWhole(page, path);
  }
  await shows(
    page.getByRole("main"),
    "The time zone Asia/Tokyo is not known here, so times are shown in UTC.",
  );
  await untilLive(page);
  await field(page, "Time zone").fill("Europe/Berlin");
  await button(page, "Save time zone").click();
  await said(page, "Saved");
  await shows(page.getByRole("main"), "Local time:");
});

test("a language that the browser does not know falls back to English, and pages hydrate", async () => {
  const visitor = await stage.signedIn("speaker@example.com", {
    locale: "de",
    without: `
      Intl.DateTimeFormat.supportedLocalesOf = (tags) => [tags].flat().filter((tag) => !tag.startsWith("de"));`,
  });
  const page = await visitor.open("/");
  for (const path of ["/dashboard", "/settings/activity", "/settings"]) await loadWhole(page, path);
  expect(await page.locator("html").getAttribute("data-formats")).toMatch(/^de /);
  const month = new Date().toLocaleString("en", { month: "short", timeZone: "UTC" });
  await shows(page.getByRole("main"), new RegExp(`Local time: ${month} \\d+, `));
});

/** Runs in workerd to format samples for each language, and in Chromium to compare them. */
const ON_BOTH_SIDES = `
  import { compareFormats, sampleFormats } from "./app/data/formats.ts";
  import { knownLocale } from "./app/ui/format.ts";
  const sampleOf = (language) => sampleFormats(knownLocale(language), "Europe/Berlin", 2026);
  globalThis.disagreeing = (sent) => sent.filter((sample) => !compareFormats(sample));
  export default {
    fetch: async (request) => Response.json((await request.json()).map(sampleOf)),
  };`;

async function bundle(format: "esm" | "iife"): Promise<string> {
  const stdin = { contents: ON_BOTH_SIDES, resolveDir: resolve(".") };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format });
  return String(outputFiles[0]?.text);
}

test("the server formats each language as Chromium does, or in English if it lacks the data", async () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const languages = letters.flatMap((a) => letters.map((b) => a + b));
  const [script, inBrowser] = await Promise.all([bundle("esm"), bundle("iife")]);
  const workerd = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script,
      compatibilityDate: "2026-10-01",
      log: new Log(LogLevel.NONE),
    }),
  );
  const answer = await workerd.dispatchFetch("http://workerd/", {
    method: "POST",
    body: JSON.stringify(languages),
  });
  const sent = (await answer.json()) as string[];
  await workerd.dispose();
  const inEnglish = languages.filter((_language, index) => sent[index]?.startsWith("en "));
  for (const language of ["kk", "az", "bs", "pa", "sd", "uz", "xx"]) expect(inEnglish).toContain(language);
  for (const language of ["de", "fr", "ja", "ar", "hi", "zh"]) expect(inEnglish).not.toContain(language);
  const page = await (await stage.visitor({ without: inBrowser })).open("/");
  expect(await page.evaluate(`disagreeing(${JSON.stringify(sent)})`)).toEqual([]);
});
