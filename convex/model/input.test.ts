import { ConvexError } from "convex/values";
import { describe, expect, test } from "vitest";
import { acceptablePicture, normalizeEmail, requireEmail, requireName, requirePersonName } from "./input.ts";
import { fitName, reportedNameProblem, visibleName } from "./names.ts";
import { isTimeZone } from "./timeZones.ts";

/** Characters that are invisible, alone or together. */
const INVISIBLE = {
  "a zero width space": "\u200b",
  "zero width joiners": "\u200c\u200d\u2060",
  "marks of direction": "\u200e\u200f\u061c",
  "an override of direction": "\u202e",
  "isolates of direction": "\u2066\u2069",
  "a soft hyphen": "\u00ad",
  "a byte order mark in between": "\u200b\ufeff\u200b",
  "a Hangul filler": "\u3164",
  "other Hangul fillers": "\u115f\u1160\uffa0",
  "a Braille blank": "\u2800",
  "a Mongolian vowel separator": "\u180e",
  "a combining grapheme joiner": "\u034f",
  "variation selectors": "\ufe0f\u{e0100}",
  tags: "\u{e0041}\u{e007f}",
  "an invisible operator": "\u2062",
  "an interlinear annotation": "\ufff9\ufffb",
  "a mark without a letter": "\u0301",
  "a musical null notehead": "\u{1d159}",
  "a noncharacter": "\uffff",
  "spaces around it": "\u200b \u00a0 \u3000 \u200b",
};
const VISIBLE = [
  "a",
  ".",
  "0",
  "\u00e9",
  "e\u0301",
  "\u200ba",
  "\u5d50",
  "\u{1f469}\u200d\u{1f680}",
  "\u2764\ufe0f",
  "1\ufe0f\u20e3",
  "\u0928\u093f",
  "\u05d0\u200f",
  "\ufffd",
  "\ue000",
];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConvexError) return error.data.code;
    throw error;
  }
  return "none";
}

describe("names", () => {
  test("are trimmed and have at most 100 characters; an emoji counts as one", () => {
    expect(requirePersonName("  Engine ")).toBe("Engine");
    expect(requirePersonName("😀".repeat(100))).toHaveLength(200);
    expect(codeOf(() => requirePersonName("x".repeat(101)))).toBe("invalid");
  });

  // agents:start
  test("of projects and API keys follow the same rules, but may not be empty", () => {
    expect(requireName("  Engine ")).toBe("Engine");
    expect(codeOf(() => requireName("x".repeat(101)))).toBe("invalid");
    expect(codeOf(() => requireName(" \n "))).toBe("invalid");
  });
  // agents:end

  test("of users may be empty", () => {
    expect(requirePersonName("  ")).toBe("");
  });

  test.each([
    ["NUL", "a\u0000b"],
    ["a line break", "a\nb"],
    ["a delete", "a\u007fb"],
    ["a C1 control", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["half a surrogate pair", "a\ud800b"],
  ])("with %s are rejected", (_what, name) => {
    expect(codeOf(() => requirePersonName(name))).toBe("invalid");
  });

  test.each(["<script>alert(1)</script>", "שלום", "مرحبا \u200f!", "👩‍👩‍👧", "O'Brien; DROP TABLE"])(
    "may be %j",
    (name) => {
      expect(requirePersonName(name)).toBe(name);
    },
  );

  test.each(Object.entries(INVISIBLE))("made of %s only are rejected", (_what, name) => {
    expect(codeOf(() => requireName(name))).toBe("invalid"); // agents:line
    expect(codeOf(() => requirePersonName(name))).toBe("invalid");
    expect(reportedNameProblem(name, 64)).toBe("must have at least one visible character"); // agents:line
    expect(fitName(name)).toBeUndefined();
    expect(visibleName(name)).toBe("Unnamed"); // agents:line
  });

  test.each(VISIBLE)("may be %j", (name) => {
    expect(requireName(name)).toBe(name); // agents:line
    expect(requirePersonName(name)).toBe(name);
    expect(reportedNameProblem(name, 64)).toBeNull(); // agents:line
    expect(visibleName(name)).toBe(name); // agents:line
  });

  // agents:start
  test("from agents are not trimmed and must have no control characters", () => {
    expect(reportedNameProblem(" a\u200b\u2028b ", 64)).toBeNull();
    expect(reportedNameProblem("\u{1f600}".repeat(64), 64)).toBeNull();
    for (const name of ["", "x".repeat(65), 7, null, undefined, ["a"]]) {
      expect(reportedNameProblem(name, 64)).toBe("must be a string of 1 to 64 characters");
    }
    for (const name of ["a\u0000", "\na", "a\u007f", "a\u009f", "a\ud800", "\udc00a"]) {
      expect(reportedNameProblem(name, 64)).toMatch(/^must have no control character/);
    }
  });
  // agents:end

  test("from WorkOS are cleaned and shortened, not rejected", () => {
    expect(fitName(" a\u0000b ")).toBe("a b");
    expect(fitName("x".repeat(200))).toHaveLength(100);
    expect(fitName(" ")).toBeUndefined();
    expect(fitName(undefined)).toBeUndefined();
  });
});

describe("e-mails", () => {
  test("are compared trimmed and in lower case", () => {
    expect(normalizeEmail(" Ada@Example.COM ")).toBe("ada@example.com");
  });

  // agents:start
  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "a b@example.com",
    "a@b@c",
    `${"x".repeat(250)}@example.com`,
  ])("%j is rejected", (email) => {
    expect(codeOf(() => requireEmail(email))).toBe("invalid");
  });
  // agents:end
});

describe("URLs of pictures", () => {
  test.each(["https://example.com/a.png", "https://example.com:8443/a?b=c"])("%j is accepted", (url) => {
    expect(acceptablePicture(url)).toBe(url);
  });

  test.each([
    "",
    "/a.png",
    "http://example.com/a.png",
    "javascript:alert(1)",
    "data:image/png;base64,AA",
    "https://u:p@example.com/",
    `https://example.com/${"x".repeat(2000)}`,
  ])("%j is rejected", (url) => {
    expect(acceptablePicture(url)).toBeUndefined();
  });
});

test.each([
  ["Europe/Berlin", true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Asia/Kolkata", true],
  ["US/Pacific", true],
  ["Etc/GMT+5", true],
  ["Mars/Base", false],
  ["Europe/Atlantis", false],
  ["PST", false],
  ["IST", false],
  ["BST", false],
  ["ACT", false],
  ["CET", false],
  ["EST5EDT", false],
  ["Japan", false],
  ["GMT", false],
  ["Z", false],
  ["SystemV/PST8PDT", false],
  ["Etc/Unknown", false],
  ["Europe/", false],
  ["Europe/Berlin ", false],
  ["+02:00", false],
  ["", false],
])("that %j is a time zone is %j", (timeZone, expected) => {
  expect(isTimeZone(timeZone)).toBe(expected);
});
