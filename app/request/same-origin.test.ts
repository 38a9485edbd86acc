import { describe, expect, it } from "vitest";
import { crossOriginReason } from "./same-origin.ts";

const APP = "https://app.example.com";

const asked = (method: string, headers: Record<string, string>) =>
  crossOriginReason(new Request("http://internal/dashboard", { method, headers }), APP);

describe("a write", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("by %s from our own pages is allowed", (method) => {
    expect(asked(method, { Origin: APP })).toBeNull();
    expect(asked(method, { "Sec-Fetch-Site": "same-origin" })).toBeNull();
  });

  it("without browser headers is allowed", () => {
    expect(asked("POST", {})).toBeNull();
  });

  it.each(["https://evil.example", "null", "http://app.example.com", "https://app.example.com:444", ""])(
    "with the origin %j is rejected, even if Sec-Fetch-Site is same-origin",
    (Origin) => {
      expect(asked("POST", { Origin, "Sec-Fetch-Site": "same-origin" })).toBe("origin");
    },
  );

  it.each(["cross-site", "same-site"])("from %s without an origin is rejected", (site) => {
    expect(asked("POST", { "Sec-Fetch-Site": site })).toBe("site");
  });
});

it("allows reads from any origin", () => {
  expect(asked("GET", { Origin: "https://evil.example" })).toBeNull();
});
