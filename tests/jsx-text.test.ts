/** Checks that no text in the app breaks when page translation or an extension replaces its text node. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { RULES, unsafeText } from "./jsx-text.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

test("every changing text in app/ survives page translation", () => {
  const paths = globSync("app/**/*.tsx", { cwd: root }).filter((path) => !path.endsWith(".test.tsx"));
  expect(paths.length).toBeGreaterThan(50);
  expect(unsafeText(paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })))).toEqual(
    [],
  );
});

describe("unsafeText", () => {
  const rulesFor = (...bodies: string[]) =>
    unsafeText([{ path: "a.tsx", text: bodies.join("\n") }]).map(({ rule }) => rule);
  const body = (jsx: string) =>
    `function C({ a, b, n }: { a: string; b: boolean; n: number }) { return ${jsx}; }`;

  test.each([
    ["<p>{a} and more</p>", [RULES.changes, RULES.follows]],
    ['<p>{b ? "yes" : "no"}<i /></p>', [RULES.changes]],
    ['<p>{b && "yes"}<i /></p>', [RULES.changes]],
    ["<p>{n}<i /></p>", [RULES.changes]],
    ["<p>{[1].map((x) => String(x))}</p>", [RULES.changes]],
    ["<p>{b ? <i /> : null} text</p>", [RULES.follows]],
    ["<p>{[1].map((x) => <i key={x} />)} text</p>", [RULES.follows]],
    ["<p>{b ? <>text</> : null}<i /></p>", [RULES.fragment]],
    ["<>{a}</>", [RULES.fragment]],
    ["a", [RULES.returned]],
  ])("reports %s", (jsx, rules) => {
    expect(rulesFor(body(jsx))).toEqual(rules);
  });

  test.each([
    "<p>{a}</p>",
    "<p>{a + ' more'}</p>",
    '<p>{b ? "yes" : "no"}</p>',
    "<p>text <i /> and text</p>",
    "<p>text{b ? <i /> : null}</p>",
    "<p><span>{a}</span>{b ? <i /> : null}</p>",
    "<p>{b ? <i /> : null}<span>text</span></p>",
    "<p>{b ? a : <i />}</p>",
  ])("accepts %s", (jsx) => {
    expect(rulesFor(body(jsx))).toEqual([]);
  });

  test("follows text into the component that renders it next to siblings", () => {
    const box = "function Box({ children }: { children: ReactNode }) { return <p>{children}<i /></p>; }";
    const outer = "function Outer({ children }: { children: ReactNode }) { return <Box>{children}</Box>; }";
    const safe = "function Safe({ children }: { children: ReactNode }) { return <b>{children}</b>; }";
    expect(rulesFor(box, outer, body("<Outer>text</Outer>"))).toEqual([RULES.passed]);
    expect(rulesFor(box, safe, body("<Box><Safe>text</Safe></Box>"))).toEqual([]);
  });
});
