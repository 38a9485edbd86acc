import { describe, expect, it } from "vitest";
import {
  clearSessionCookie,
  type RequestCookies,
  readSessionCookies,
  writeSessionCookie,
} from "./cookies.server.ts";

const settings = { cookiePrefix: "", secure: false } as const;
const WEEK_S = 604_800;

/** Returns a browser's cookies after it applied these `Set-Cookie` lines. */
function browserAfter(before: RequestCookies, lines: readonly string[]): RequestCookies {
  const jar = { ...before };
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split("; ");
    const name = pair.slice(0, pair.indexOf("="));
    if (attributes.includes("Max-Age=0")) delete jar[name];
    else jar[name] = pair.slice(name.length + 1);
  }
  return jar;
}

const write = (cookies: RequestCookies, sealed: string) =>
  writeSessionCookie(settings, cookies, sealed, WEEK_S) ?? [];

const headerOf = (jar: RequestCookies) =>
  Object.entries(jar)
    .map((pair) => pair.join("="))
    .join("; ");

/** Returns the sealed session that is tried first. */
const readFirst = (jar: RequestCookies) => readSessionCookies(settings, headerOf(jar))[0];

describe("the session cookie", () => {
  it("is a single cookie with the required attributes if it fits", () => {
    expect(write({}, "sealed")).toEqual([
      "wos-session=sealed; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax",
    ]);
    const secure = writeSessionCookie({ cookiePrefix: "__Host-", secure: true }, {}, "sealed", 60);
    expect(secure?.[0]).toMatch(/^__Host-wos-session=sealed; .*Secure/);
  });

  it.each([3_000, 5_000, 9_000, 15_000])("is read back unchanged at %i characters", (length) => {
    const sealed = "x".repeat(length);
    const lines = write({}, sealed);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(4096);
    expect(readFirst(browserAfter({}, lines))).toBe(sealed);
  });

  it("clears unused chunks when the number of chunks changes", () => {
    const long = browserAfter({}, write({}, "a".repeat(11_000)));
    expect(Object.keys(long)).toHaveLength(3);
    const middle = browserAfter(long, write(long, "b".repeat(5_000)));
    expect(readFirst(middle)).toBe("b".repeat(5_000));
    const short = browserAfter(middle, write(middle, "c"));
    expect(short).toEqual({ "wos-session": "c" });
    const again = browserAfter(short, write(short, "d".repeat(5_000)));
    expect(readFirst(again)).toBe("d".repeat(5_000));
  });

  it("is not written if it needs more than four cookies", () => {
    expect(writeSessionCookie(settings, {}, "x".repeat(17_000), WEEK_S)).toBeNull();
  });

  it("is cleared with all of its chunks", () => {
    const jar = browserAfter({}, write({}, "x".repeat(11_000)));
    expect(browserAfter(jar, clearSessionCookie(settings, jar))).toEqual({});
  });

  it("is not read without its prefix when a prefix is configured", () => {
    const prefixed = { cookiePrefix: "__Host-", secure: true } as const;
    expect(readSessionCookies(prefixed, "wos-session=sealed")).toEqual([]);
  });

  it("is absent when the Cookie header is malformed", () => {
    expect(
      readSessionCookies(settings, "=;;; a; b=%E0%A4%A; __proto__=x; wos-session=; wos-sessions=y"),
    ).toEqual([]);
  });

  it("can be any of several cookies of its name", () => {
    expect(readSessionCookies(settings, "wos-session=a; x=1; wos-session=b; wos-session=a")).toEqual([
      "a",
      "b",
    ]);
  });

  it("can be joined from any of several chunks of a name, with the longest first", () => {
    const header = "wos-session.0=a; wos-session.1=b; wos-session.1=c; wos-session=whole; wos-session.3=gap";
    expect(readSessionCookies(settings, header)).toEqual(["whole", "ab", "ac", "a"]);
  });

  it("is joined in at most eight ways", () => {
    const chunks = [0, 1, 2, 3].flatMap((index) =>
      ["a", "b", "c"].map((value) => `wos-session.${index}=${value}`),
    );
    expect(readSessionCookies(settings, chunks.join("; "))).toHaveLength(8);
  });
});
