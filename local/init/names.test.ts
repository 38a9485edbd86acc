import { describe, expect, it } from "vitest";
import { namesFrom, rename } from "./names.ts";

describe("the names of a product", () => {
  it.each([
    ["Night Watch", "night-watch"],
    ["Übersicht 2", "ubersicht-2"],
    ["R.2-D2", "r-2-d2"],
  ])("from %s", (title, slug) => expect(namesFrom(title)).toEqual({ title, slug }));

  it("need a slug if the title has no Latin letters", () => {
    expect(namesFrom("観測所")).toMatch(/--slug/);
    expect(namesFrom("観測所", "kansoku")).toEqual({ title: "観測所", slug: "kansoku" });
  });

  it.each(["", " ", "🚀", 'Say "hi"', "it's", "<b>", "a\nb", "*/", "{x}", "`x`", "x".repeat(41), "Mosaic 2"])(
    "are rejected for %j",
    (title) => expect(namesFrom(title)).toBeTypeOf("string"),
  );

  it.each(["Upper", "a", "-a", "a_b", "../x", "x".repeat(41)])("are rejected for the slug %j", (slug) =>
    expect(namesFrom("Night Watch", slug)).toMatch(/--slug/),
  );
});

it("replaces each form of the name", () => {
  const names = { title: "Night Watch", slug: "night-watch" };
  const text =
    "Mosaic startMosaic() mosaic-theme mosaic_0af MOSAIC_KEY https://mosaic.example mosaic.edge.v1";
  expect(rename(text, names)).toBe(
    "Night Watch startNightWatch() night-watch-theme night_watch_0af NIGHT_WATCH_KEY https://night-watch.example mosaic.edge.v1",
  );
});
