import { describe, expect, it } from "vitest";
import { loginPath, safeReturnTo } from "./return-to.ts";

describe("returnTo", () => {
  it.each([
    ["/", "/"],
    ["/dashboard", "/dashboard"],
    ["/projects/abc?range=24h#chart", "/projects/abc?range=24h#chart"],
    ["/dashboard?next=//evil.example", "/dashboard?next=//evil.example"],
    ["/a/../b", "/b"],
    ["/callbacks", "/callbacks"],
    ["/api/authors", "/api/authors"],
  ])("keeps %s", (given, kept) => {
    expect(safeReturnTo(given)).toBe(kept);
  });

  it.each([
    null,
    undefined,
    "",
    "dashboard",
    "https://evil.example",
    "https:evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "/%2f%2fevil.example",
    "/%252f%252fevil.example",
    "/%5cevil.example",
    "/a\nb",
    "/%0d%0aSet-Cookie:x",
    "/%zz",
    "/api/auth/logout",
    "/API/Auth/logout",
    "//api/auth/logout",
    "/api//auth/logout",
    "/api/auth",
    "/api/auth.data",
    "/callback",
    "/CALLBACK?code=1",
    "/callback.data",
    "/%63allback",
    "/x/../callback",
    `/${"a".repeat(2000)}`,
  ])("drops %j", (given) => {
    expect(safeReturnTo(given)).toBeNull();
  });

  it("is passed to the sign-in page with its query, encoded", () => {
    expect(loginPath({ returnTo: "/dashboard?a=1&b=2", error: "session_expired" })).toBe(
      "/login?error=session_expired&returnTo=%2Fdashboard%3Fa%3D1%26b%3D2",
    );
    expect(loginPath({})).toBe("/login");
  });
});
