import { describe, expect, it } from "vitest";
import { auditArgs, auditFilter, cursorArgs } from "./audit-query.ts";

const at = (query: string) => new URL(`http://localhost/admin/audit${query}`);

describe("the URL of the audit log", () => {
  it.each([
    ["", {}],
    ["?event=&userId=", {}],
    ["?event=login", { event: "login" }],
    ["?userId=k57abc", { userId: "k57abc" }],
    ["?event=role_changed&userId=k57abc&other=1", { event: "role_changed", userId: "k57abc" }],
  ])("with the query %j has the filter %j", (query, filter) => {
    expect(auditFilter(at(query))).toEqual(filter);
  });

  it.each(["?event=Login", "?event=toString", "?event=__proto__"])(
    "with the unknown event %s has no valid filter",
    (query) => {
      expect(auditFilter(at(query))).toBeNull();
      expect(auditArgs({ url: at(query) })).toEqual({});
    },
  );

  it("selects a page by its cursor", () => {
    expect(cursorArgs({ url: at("?cursor=a%2Bb") })).toEqual({ cursor: "a+b" });
    expect(cursorArgs({ url: at("?cursor=") })).toEqual({});
  });
});
