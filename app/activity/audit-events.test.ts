import { describe, expect, it } from "vitest";
import { AUDIT_EVENTS, detailOf, EVENT_WORDS, isAuditEvent } from "./audit-events.ts";

describe("audit events", () => {
  it("have distinct labels", () => {
    expect(new Set(AUDIT_EVENTS.map((event) => EVENT_WORDS[event])).size).toBe(AUDIT_EVENTS.length);
  });

  it.each(["", "LOGIN", "toString", "__proto__", "login "])("do not include %j", (word) => {
    expect(isAuditEvent(word)).toBe(false);
  });
});

describe("the detail of an entry", () => {
  it.each([
    ["login", "session_01ABC", null],
    ["login", "impersonated by support@example.com", "by support@example.com"],
    ["session_revoked", "session_01ABC", null],
    ["sessions_ended", "260", "(260)"],
    ["role_changed", "viewer", "now viewer"],
    ["key_created", "Laptop", "“Laptop”"], // agents:line
    ["password_change", undefined, null],
  ] as const)("for %s of %s is %s", (event, target, words) => {
    expect(detailOf({ event, ...(target === undefined ? {} : { target }) })).toBe(words);
  });
});

it("names the impersonator after the detail of an entry", () => {
  const impersonator = "support@example.com";
  const entry = { event: "role_changed", target: "viewer", impersonator } as const;
  expect(detailOf(entry)).toBe("now viewer by support@example.com");
  expect(detailOf({ event: "logout", target: "session_1", impersonator })).toBe("by support@example.com");
});
