import { describe, expect, it } from "vitest";
import { AUDIT_EVENTS, detailOf, EVENT_WORDS, isAuditEvent } from "./audit-events.ts";

describe("an event", () => {
  it("has words of its own", () => {
    expect(new Set(AUDIT_EVENTS.map((event) => EVENT_WORDS[event])).size).toBe(AUDIT_EVENTS.length);
  });

  it.each(["", "LOGIN", "toString", "__proto__", "login "])("%j is none", (word) => {
    expect(isAuditEvent(word)).toBe(false);
  });
});

describe("what an entry is about", () => {
  it.each([
    ["login", "session_01ABC", null],
    ["login", "impersonated by support@example.com", "impersonated by support@example.com"],
    ["session_revoked", "session_01ABC", null],
    ["role_changed", "viewer", "now viewer"],
    ["key_created", "Laptop", "“Laptop”"],
    ["password_change", undefined, null],
  ] as const)("%s of %s is said as %s", (event, target, words) => {
    expect(detailOf({ event, ...(target === undefined ? {} : { target }) })).toBe(words);
  });
});
