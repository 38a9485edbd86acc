/**
 * Contrast of the colors in tokens.css: 4.5:1 for text, 3:1 for controls and marks (WCAG 2.2, 1.4.3 and
 * 1.4.11).
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Rgb = readonly [number, number, number];

/** Converts OKLCH to linear sRGB (CSS Color 4, section 18) and clips to the gamut. */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (part: number) => Math.min(1, Math.max(0, part));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const stylesheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const COLOUR = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ [\d.]+)?\)`;
const ROLE = new RegExp(String.raw`--([a-z-]+): light-dark\(${COLOUR}, ${COLOUR}\)`, "gu");

const roles = new Map<string, { light: Rgb; dark: Rgb }>();
for (const [, name = "", ...numbers] of stylesheet.matchAll(ROLE)) {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers.map(Number);
  roles.set(name, { light: linearRgb(a, b, c), dark: linearRgb(d, e, f) });
}

function role(name: string, theme: "light" | "dark"): Rgb {
  const colours = roles.get(name);
  if (!colours) throw new Error(`tokens.css has no role ${name}`);
  return colours[theme];
}

const GROUNDS = ["canvas", "surface", "raised", "inset"];
const TEXT: readonly [string, readonly string[]][] = [
  ["text", [...GROUNDS, "good-wash", "warn-wash", "bad-wash", "accent-wash"]],
  ["text-quiet", [...GROUNDS, "good-wash", "warn-wash", "bad-wash"]],
  ["accent", [...GROUNDS, "accent-wash"]],
  ["accent-near", GROUNDS],
  ["on-accent", ["accent", "accent-near"]],
  ["bad", [...GROUNDS, "bad-wash"]],
  ["good", ["canvas", "surface"]],
  ["warn", ["canvas", "surface"]],
];
const MARKS: readonly [string, readonly string[]][] = [
  ["line-control", ["canvas", "surface", "inset"]],
  ["accent", [...GROUNDS, "accent-wash"]],
  ["good", [...GROUNDS, "good-wash"]],
  ["warn", [...GROUNDS, "warn-wash"]],
  ["bad", [...GROUNDS, "bad-wash"]],
];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  test("every role has a value in both themes", () => {
    const named = [...stylesheet.matchAll(/^ {2}--([a-z-]+):/gmu)].map((match) => match[1]);
    expect([...roles.keys()]).toEqual(named);
  });

  test.each(TEXT)("%s has text contrast on each of its backgrounds", (name, grounds) => {
    const poor = grounds.filter((ground) => contrast(role(name, theme), role(ground, theme)) < 4.5);
    expect(poor).toEqual([]);
  });

  test.each(MARKS)("%s has mark contrast on each of its backgrounds", (name, grounds) => {
    const poor = grounds.filter((ground) => contrast(role(name, theme), role(ground, theme)) < 3);
    expect(poor).toEqual([]);
  });
});
