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

test("a page is hydrated as it is if the browser formats the same", () => {
  expect(compareFormats(sampleFormats("de", "Europe/Berlin", 2026))).toBe(true);
  expect(shownLocale("de")).toBe("de");
});

test("another time zone is no reason to give up the language", () => {
  const [locale, language, , year, zone] = sampleFormats("de", "Europe/Berlin", 2026).split(" ");
  expect(compareFormats([locale, language, "Europe/Atlantis", year, zone].join(" "))).toBe(false);
  expect(shownLocale("de")).toBe("de");
});

test("a language of which the browser has other data is shown in English", () => {
  const [locale, , ...zone] = sampleFormats("de", "UTC", 2026).split(" ");
  expect(compareFormats([locale, "other", ...zone].join(" "))).toBe(false);
  expect(shownLocale("de")).toBe("en");
  expect(compareFormats(sampleFormats("de", "UTC", 2026))).toBe(true);
});
