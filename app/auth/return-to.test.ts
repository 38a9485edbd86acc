import { describe, expect, it } from "vitest";
import { loginPath, safeReturnTo } from "./return-to.ts";

describe("returnTo", () => {
  it.each([
    ["/", "/"],
    ["/dashboard", "/dashboard"],
    ["/notes/abc?range=24h#end", "/notes/abc?range=24h#end"],
    ["/dashboard?next=//evil.example", "/dashboard?next=//evil.example"],
    ["/a/../b", "/b"],
    ["/callbacks", "/callbacks"],
    ["/api/authors", "/api/authors"],
    ["/notes/%C3%A9", "/notes/%C3%A9"],
    ["/notes/%C2%A0%E2%80%A8%E2%80%AE%F0%9F%98%85", "/notes/%C2%A0%E2%80%A8%E2%80%AE%F0%9F%98%85"],
    ["/notes/\u00e9\u3042", "/notes/%C3%A9%E3%81%82"],
    ["/notes/100%25", "/notes/100%25"],
    ["/dashboard?q=%C3%85%C5%92%zz%85&w=c:%5Cd#%C2%A7", "/dashboard?q=%C3%85%C5%92%zz%85&w=c:%5Cd#%C2%A7"],
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
    "/%25252525252f%2525252525252fevil.example",
    "/%25zz%252f%252fevil.example",
    "/x/%25%35%63",
    "/%5cevil.example",
    "/a\nb",
    "/%0d%0aSet-Cookie:x",
    "/%zz",
    "/\u0085x",
    "/\u009fx",
    "/x?q=\u0080",
    "/%C2%85x",
    "/%c2%9F",
    "/x/%C2%80",
    "/%25C2%2585",
    "/%25C2%85",
    "/%C2%2585",
    "/%2525c2%252585",
    "/%85",
    "/%C0%85",
    "/%7f",
    "/%257F",
    "/%25252500",
    "/x?q=%0A",
    "/x?q=%1b%5B31m",
    "/x?q=%250d%250a",
    "/x?q=%C2%85#y",
    "/x#%C2%85",
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
    `/${"é".repeat(400)}`,
  ])("drops %j", (given) => {
    expect(safeReturnTo(given)).toBeNull();
  });

  it("is encoded in the query of the sign-in page", () => {
    expect(loginPath({ returnTo: "/dashboard?a=1&b=2", error: "session_expired" })).toBe(
      "/login?error=session_expired&returnTo=%2Fdashboard%3Fa%3D1%26b%3D2",
    );
    expect(loginPath({})).toBe("/login");
  });
});
