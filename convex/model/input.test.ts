import { ConvexError } from "convex/values";
import { describe, expect, test } from "vitest";
import {
  acceptablePicture,
  isTimeZone,
  normalizeEmail,
  requireEmail,
  requireName,
  requirePersonName,
} from "./input.ts";
import { fitName } from "./names.ts";

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
  test("are trimmed, and 1 to 100 characters long, an emoji being one", () => {
    expect(requireName("  Engine ")).toBe("Engine");
    expect(requireName("😀".repeat(100))).toHaveLength(200);
    expect(codeOf(() => requireName("x".repeat(101)))).toBe("invalid");
    expect(codeOf(() => requireName(" \n "))).toBe("invalid");
  });

  test("of people may be empty", () => {
    expect(requirePersonName("  ")).toBe("");
  });

  test.each([
    ["NUL", "a\u0000b"],
    ["a line break", "a\nb"],
    ["a delete", "a\u007fb"],
    ["a C1 control", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["half a surrogate pair", "a\ud800b"],
  ])("with %s are invalid", (_what, name) => {
    expect(codeOf(() => requireName(name))).toBe("invalid");
  });

  test.each(["<script>alert(1)</script>", "שלום", "مرحبا \u200f!", "👩‍👩‍👧", "O'Brien; DROP TABLE"])(
    "may be %j",
    (name) => {
      expect(requireName(name)).toBe(name);
    },
  );

  test("from WorkOS are made fit, not refused", () => {
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

  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "a b@example.com",
    "a@b@c",
    `${"x".repeat(250)}@example.com`,
  ])("%j is none", (email) => {
    expect(codeOf(() => requireEmail(email))).toBe("invalid");
  });
});

describe("pictures", () => {
  test.each(["https://example.com/a.png", "https://example.com:8443/a?b=c"])("%j is one", (url) => {
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
  ])("%j is none", (url) => {
    expect(acceptablePicture(url)).toBeUndefined();
  });
});

test.each([
  ["Europe/Berlin", true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["Mars/Base", false],
  ["+02:00", false],
  ["", false],
])("that %j is a time zone is %j", (timeZone, expected) => {
  expect(isTimeZone(timeZone)).toBe(expected);
});
