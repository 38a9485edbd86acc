/** Checks that the built scripts and styles use no feature that the oldest supported browsers lack. */
import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { missingKeys, type Name, presentKeys, scriptNames } from "../browser-floor.ts";

/** Newer names that the scripts detect before use, and the place of the check. */
const OPTIONAL_SCRIPT: Record<string, string> = {
  "navigator.connection": "app/react-router/pages-ahead.ts and React look first",
  "document.startViewTransition": "React Router looks first, and Mosaic asks for no view transitions",
  navigation: "React looks first",
};

/** Newer styles that a page can do without, and how it looks then. */
const OPTIONAL_STYLE: Record<string, string> = {
  "content-visibility": "saves the layout of what is outside of the window; without it all is laid out",
  "content-visibility:auto": "as above",
  "@property": "Tailwind sets the same defaults by @supports for browsers that lack it",
  "text-wrap": "lines of headings and paragraphs break elsewhere",
  "accent-color": "a checkbox has the browser's own color",
  "font-family:ui-monospace": "the next font of the list",
  "forced-color-adjust": "only for browsers that have forced colors",
  "paint-order": "the outline of a chart's labels lies over them, thinly", // agents:line
  "user-select": "Tailwind and Lightning CSS add the prefixed one",
};

/** The global objects that implement these interfaces. */
const OBJECTS: Record<string, string> = {
  Window: "window",
  Document: "document",
  Navigator: "navigator",
  Navigation: "navigation",
  Crypto: "crypto",
  Performance: "performance",
  History: "history",
  Location: "location",
  Clipboard: "clipboard",
};

const read = (files: string) =>
  globSync(files)
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
const script = read("build/client/{assets/*.js,about/index.html}");
const style = read("build/client/assets/*.css");

const missing = scriptNames(missingKeys);
const old = new Set(scriptNames(presentKeys).flatMap(({ owner, member }) => [owner, member]));
const builtins = new Set(
  scriptNames(missingKeys.filter((key) => key.startsWith("javascript."))).map(({ owner }) => owner),
);

/**
 * Returns patterns for the uses of a name: `Map.groupBy`, `navigator.share`; and `.isSubsetOf(` on any value.
 */
function looksOf({ owner, member }: Name): [name: string, look: RegExp][] {
  if (member === null) return old.has(owner) ? [] : [[owner, new RegExp(`(?<![\\w.$'"\`-])${owner}[.(]`)]];
  const object = OBJECTS[owner] ?? owner;
  const onObject: [string, RegExp] = [`${object}.${member}`, new RegExp(`\\b${object}\\??\\.${member}\\b`)];
  // A name that older types have too, or a short one, does not identify the new member.
  const isTelling = builtins.has(owner) && !old.has(member) && /[A-Z]/.test(member);
  return isTelling ? [onObject, [`.${member}()`, new RegExp(`\\.${member}\\(`)]] : [onObject];
}

function newerIn(script: string): string[] {
  const words = new Set(script.match(/[A-Za-z]\w*/g));
  const used = missing
    .filter(({ owner, member }) => words.has(member ?? owner))
    .flatMap(looksOf)
    .filter(([, look]) => look.test(script))
    .map(([name]) => name);
  return [...new Set(used)].filter(
    (name) => !(name in OPTIONAL_SCRIPT || (name.split(".")[0] ?? "") in OPTIONAL_SCRIPT),
  );
}

it("the built scripts use only names that the oldest browsers have", () => {
  expect(script.length).toBeGreaterThan(100_000);
  expect(newerIn(script)).toEqual([]);
});

it.each([
  ["Map.groupBy(a, b)", "Map.groupBy"],
  ["Promise.withResolvers()", "Promise.withResolvers"],
  ["AbortSignal.any([])", "AbortSignal.any"],
  ["URL.parse(a)", "URL.parse"],
  ["new Set(a).isSubsetOf(b)", ".isSubsetOf()"],
  ["new CloseWatcher()", "CloseWatcher"],
])("a newer name is found in the script %s", (script, name) => {
  expect(newerIn(script)).toContain(name);
});

function newerInStyle(css: string): string[] {
  const declarations = [...css.matchAll(/[;{]([a-z-]+):([^;{}]+)/g)].map(([, name = "", value = ""]) => ({
    name,
    value,
  }));
  const properties = new Set(declarations.map(({ name }) => name));
  const values = new Set(
    declarations.flatMap(({ name, value }) => value.split(/[\s,]+/).map((word) => `${name}:${word}`)),
  );
  const functions = new Set(declarations.flatMap(({ value }) => value.match(/[a-z-]+(?=\()/g) ?? []));
  const atRules = new Set(css.match(/@[a-z-]+/g));
  const selectors = new Set(
    css.match(/(?<=[\w\])}>+~ ,*:]|^):[a-z-]+(?=[^{};]*\{)/g)?.map((selector) => selector.slice(1)),
  );
  return missingKeys
    .flatMap((key) => {
      const [language, kind, name = "", value = "", ...details] = key.split(".");
      if (language !== "css" || details.length > 0) return [];
      if (kind === "properties" && value !== "")
        return values.has(`${name}:${value}`) ? [`${name}:${value}`] : [];
      if (kind === "properties") return properties.has(name) ? [name] : [];
      if (kind === "at-rules" && value === "") return atRules.has(`@${name}`) ? [`@${name}`] : [];
      if (kind === "selectors" && value === "") return selectors.has(name) ? [`:${name}`] : [];
      const made = value || name;
      return kind === "types" && functions.has(made) ? [`${made}()`] : [];
    })
    .filter((name) => !(name in OPTIONAL_STYLE || (name.split(":")[0] ?? "") in OPTIONAL_STYLE));
}

it("the built styles use only features that the oldest browsers have", () => {
  expect(style.length).toBeGreaterThan(10_000);
  expect(newerInStyle(style)).toEqual([]);
});

it.each([
  ["a{color:light-dark(red,blue)}", "light-dark()"],
  ["a{field-sizing:content}", "field-sizing"],
  ["@starting-style{a{top:0}}", "@starting-style"],
  ["a:open{top:0}", ":open"],
])("a newer feature is found in the style %s", (css, name) => {
  expect(newerInStyle(css)).toContain(name);
});
