/** Malformed URLs, forms, JSON and headers: no server error, and the session stays. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

let ada: Browser;
beforeAll(async () => {
  ada = app.browser();
  await signIn(ada, app.person());
});

async function isSignedIn(): Promise<boolean> {
  return jsonOf<{ user: object | null }>(await ada.get("/api/auth/session")).user !== null;
}

describe("a malformed URL", () => {
  it.each([
    "/%",
    "/%zz",
    "/%E0%A4%A",
    "/dashboard%",
    "/dashboard/%00",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/projects/%FF",
    "/projects/..%2f..%2fx",
    "//",
    "///",
    "//evil.example/%zz",
    "/dashboard//",
    "/\\evil",
    "/dashboard;x=1",
    "/_root.data?_routes=%zz",
    "/_.data?_routes=%zz",
    "/dashboard/_.data",
    "/dashboard.data?_routes=%E0%A4%A",
    "/dashboard.data?_routes=",
    "/dashboard.data?_routes=no/such/route",
    "/no.data",
    "/.data",
    "/__manifest",
    "/__manifest?p=%zz&version=x",
    "/__manifest?paths=%2Fdashboard%2C%2F%2Fevil&version=x",
    "/login?returnTo=%",
    "/login?error=%E0%A4%A",
    "/login?error=a&error=b",
    "/api/auth/login?returnTo=%zz&loginHint=%E0%A4%A",
    "/api/auth/login?organizationId=",
    "/api/auth/session?x=%zz",
    "/callback?code=%zz&state=%E0%A4%A",
    "/callback?error=%00%0d%0a",
    "/api/%zz",
    "/about?x=%zz",
    "/about.data",
    "/assets/no-such-file.js",
    `/${"a/".repeat(2_000)}`,
    `/dashboard?${"q=1&".repeat(2_000)}`,
  ])("%s does not cause a server error", async (path) => {
    for (const browser of [app.browser(), ada]) {
      const answer = await browser.get(path);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/URI malformed|TypeError|RangeError/);
    }
    expect(await isSignedIn()).toBe(true);
  });
});

describe("a malformed form", () => {
  const form = "application/x-www-form-urlencoded";
  const bodies: [string, string | null, string | Buffer][] = [
    ["an empty body", null, ""],
    ["an empty form", form, ""],
    ["broken percent-encoding", form, "firstName=%zz&lastName=%E0%A4%A&name=%"],
    ["invalid UTF-8", form, Buffer.from([0xff, 0xfe, 0x00, 0x3d, 0xff])],
    ["null bytes", form, "firstName=%00&name=%00"],
    ["the same field many times", form, "firstName=a&firstName=b&name=a&name=b"],
    ["fields named like prototype keys", form, "__proto__=1&constructor=2&toString=3"],
    ["2,000 fields", form, Array.from({ length: 2_000 }, (_, i) => `f${i}=x`).join("&")],
    ["JSON", "application/json", '{"firstName":"x"}'],
    ["broken JSON", "application/json", "{"],
    ["text", "text/plain", "firstName=x"],
    ["a multipart body without a boundary", "multipart/form-data", "x"],
    [
      "a truncated multipart body",
      "multipart/form-data; boundary=b",
      '--b\r\nContent-Disposition: form-data; name="firstName"\r\n\r\nx',
    ],
    [
      "a file where text belongs",
      "multipart/form-data; boundary=b",
      '--b\r\nContent-Disposition: form-data; name="firstName"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n',
    ],
    ["an invalid Content-Type", "%%%", "x"],
    ["XML", "application/xml", "<a/>"],
    ["a megabyte", form, `firstName=${"x".repeat(1_000_000)}&name=${"y".repeat(10)}`],
  ];

  it.each(bodies)("(%s) does not cause a server error, and the session stays", async (_what, type, body) => {
    for (const path of ["/profile", "/dashboard", "/settings", "/profile.data", "/"]) {
      const answer = await ada.post(path, { headers: { "content-type": type }, body });
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.text, path).not.toMatch(/TypeError|SyntaxError|ArgumentValidationError/);
    }
    expect(await isSignedIn()).toBe(true);
  });
});

describe("malformed JSON", () => {
  it.each([
    ["an empty body", null, ""],
    ["an empty JSON body", "application/json", ""],
    ["truncated JSON", "application/json", '{"forceRefresh":'],
    ["a list", "application/json", "[]"],
    ["null", "application/json", "null"],
    ["a number", "application/json", "7"],
    ["a string", "application/json", '"forceRefresh"'],
    ["a field of the wrong type", "application/json", '{"forceRefresh":"yes"}'],
    ["unknown fields", "application/json", '{"forceRefresh":false,"__proto__":{"x":1}}'],
    ["deeply nested lists", "application/json", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["invalid UTF-8", "application/json", Buffer.from([0xff, 0xfe, 0x7b])],
    ["a form", "application/x-www-form-urlencoded", "forceRefresh=true"],
    ["a megabyte", "application/json", JSON.stringify({ forceRefresh: false, x: "x".repeat(1_000_000) })],
  ] as [string, string | null, string | Buffer][])(
    "(%s) at the token endpoint does not cause a server error",
    async (_what, type, body) => {
      for (const browser of [app.browser(), ada]) {
        const answer = await browser.post("/api/auth/token", { headers: { "content-type": type }, body });
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
        expect(() => jsonOf(answer)).not.toThrow();
        expect(answer).not.toClearSession();
      }
      expect(await isSignedIn()).toBe(true);
    },
  );
});

describe("malformed headers", () => {
  it.each([
    ["accept-language", "%%%;q=x,,,-"],
    ["accept-language", "x".repeat(5_000)],
    ["accept-language", "zz-ZZ-zz-ZZ-u-nu-xxxx"],
    ["user-agent", ""],
    ["accept", "nonsense"],
    ["sec-fetch-site", "elsewhere"],
    ["sec-purpose", "????"],
    ["if-none-match", '"'],
    ["range", "bytes=9-1"],
    ["cf-connecting-ip", "not an address"],
    ["cf-connecting-ip", "2001:db8::1%eth0"],
    ["x-forwarded-host", "evil.example"],
    ["x-forwarded-proto", "gopher"],
  ])("(%s: %j) do not cause a server error", async (name, value) => {
    for (const path of ["/", "/dashboard", "/api/auth/session"]) {
      const answer = await ada.get(path, { headers: { [name]: value } });
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.text).not.toContain("evil.example");
    }
  });

  it("with a foreign Host do not redirect to another site", async () => {
    for (const browser of [app.browser(), ada]) {
      for (const path of ["/login", "/dashboard", "/api/auth/logout"]) {
        const answer = await browser
          .thief()
          .get(path, { headers: { host: "evil.example", "sec-fetch-site": "cross-site" } });
        expect(answer.headers.get("location") ?? "").not.toContain("evil.example");
      }
    }
  });
});
