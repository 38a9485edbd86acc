import { expect, test } from "vitest";
import { compareFormats, sampleFormats, shownLocale, shownTimeZone } from "./formats.ts";

test.each([
  ["Europe/Berlin", "Europe/Berlin"],
  ["UTC", "UTC"],
  ["PST", "UTC"],
  ["SystemV/PST8PDT", "UTC"],
  ["Europe/Atlantis", "UTC"],
  ["", "UTC"],
])("a stored time zone %j is shown as %s", (stored, shown) => {
  expect(shownTimeZone(stored)).toBe(shown);
});

test("the page's language is kept if the browser formats like the server", () => {
  expect(compareFormats(sampleFormats("de", "Europe/Berlin", 2026))).toBe(true);
  expect(shownLocale("de")).toBe("de");
});

test("a time zone mismatch keeps the page's language", () => {
  const [locale, language, , year, zone] = sampleFormats("de", "Europe/Berlin", 2026).split(" ");
  expect(compareFormats([locale, language, "Europe/Atlantis", year, zone].join(" "))).toBe(false);
  expect(shownLocale("de")).toBe("de");
});

test("a language with different data in the browser falls back to English", () => {
  const [locale, , ...zone] = sampleFormats("de", "UTC", 2026).split(" ");
  expect(compareFormats([locale, "other", ...zone].join(" "))).toBe(false);
  expect(shownLocale("de")).toBe("en");
  expect(compareFormats(sampleFormats("de", "UTC", 2026))).toBe(true);
});
