import { describe, expect, it } from "vitest";
import { deviceInWords } from "./device.server.ts";

describe("a device", () => {
  it.each([
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Chrome on macOS",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
      "Mobile Safari on iOS",
    ],
    ["curl/8.5.0", "An unknown device"],
    ["", "An unknown device"],
    [null, "An unknown device"],
  ])("%s is said as %s", (userAgent, words) => {
    expect(deviceInWords(userAgent)).toBe(words);
  });
});
