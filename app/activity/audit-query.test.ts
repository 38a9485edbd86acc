import { describe, expect, it } from "vitest";
import { auditArgs, auditFilter, cursorArgs } from "./audit-query.ts";

const at = (query: string) => new URL(`http://localhost/admin/audit${query}`);

describe("what an address asks of the audit log", () => {
  it.each([
    ["", {}],
    ["?event=&userId=", {}],
    ["?event=login", { event: "login" }],
    ["?userId=k57abc", { userId: "k57abc" }],
    ["?event=role_changed&userId=k57abc&other=1", { event: "role_changed", userId: "k57abc" }],
  ])("%s is %j", (query, filter) => {
    expect(auditFilter(at(query))).toEqual(filter);
  });

  it.each(["?event=Login", "?event=toString", "?event=__proto__"])("%s names no event", (query) => {
    expect(auditFilter(at(query))).toBeNull();
    expect(auditArgs({ url: at(query) })).toEqual({});
  });

  it("names a page of a list where it has a cursor", () => {
    expect(cursorArgs({ url: at("?cursor=a%2Bb") })).toEqual({ cursor: "a+b" });
    expect(cursorArgs({ url: at("?cursor=") })).toEqual({});
  });
});
