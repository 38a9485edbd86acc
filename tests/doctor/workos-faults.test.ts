import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answering, NOTHING, selfSigned } from "./bad-servers.ts";
import {
  BUILDING_MS,
  CLIENT_ID,
  examineHere,
  HERE_MS,
  type Services,
  startConvexWith,
  startServices,
} from "./running-doctor.ts";

let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterEach(() => services.local("DELETE", "faults"));
afterAll(() => services.close());

const CONVEX_CHECKS = ["convex-url", "convex-auth", "edge-secret", "webhook"] as const;

test("a wrong API key fails at workos-api-key, and says where to find the keys", async () => {
  const { failed, of } = await examineHere({ ...services.good, WORKOS_API_KEY: "sk_live_another" });
  expect(failed).toEqual(["workos-api-key"]);
  expect(of("workos-api-key").detail).toMatch(/^answers, but it rejects this key/);
  expect(of("workos-api-key").fix).toContain("API Keys");
  expect(of("workos-client")).toMatchObject({
    status: "warn",
    detail: expect.stringMatching(/^not checked: /),
  });
});

test("an unknown client fails at workos-client, and leaves the redirect URI unchecked", async () => {
  const { failed, of } = await examineHere({ ...services.good, WORKOS_CLIENT_ID: "client_unknown" });
  expect(failed).toEqual(["workos-client", "convex-auth"]);
  expect(of("workos-client").detail).toMatch(/^answers, but it knows no such client/);
  expect(of("redirect-uri")).toMatchObject({ status: "warn", detail: expect.stringMatching(/^not checked/) });
  expect(of("convex-auth").detail).toContain("/user_management/client_unknown");
});

test("a client of a different environment than the API key fails at workos-client", async () => {
  await services.local("POST", "faults", {
    path: "/user_management/authenticate",
    status: 400,
    body: { error: "invalid_client", error_description: "Invalid client ID." },
    count: null,
  });
  const { failed, of } = await examineHere(services.good);
  expect(failed).toEqual(["workos-client"]);
  expect(of("workos-client").detail).toMatch(/^answers, but .* not of the environment/);
});

test("an unregistered redirect URI fails, and the fix names the URI to add", async () => {
  const { failed, of } = await examineHere({ ...services.good, APP_URL: "https://other.example.com" });
  expect(failed).toEqual(["redirect-uri"]);
  expect(of("redirect-uri").detail).toMatch(/^answers, but it does not take/);
  expect(of("redirect-uri").fix).toContain("Redirects: add https://other.example.com/callback");
});

test("a redirect URI fails if WorkOS redirects to its error page", async () => {
  await services.local("POST", "faults", {
    path: "/user_management/authorize",
    status: 302,
    headers: { Location: "https://error.workos.com/sso/invalid-redirect-uri" },
  });
  expect((await examineHere(services.good)).failed).toEqual(["redirect-uri"]);
});

test("a redirect URI passes if WorkOS redirects to a sign-in page on another host", async () => {
  await services.local("POST", "faults", {
    path: "/user_management/authorize",
    status: 302,
    headers: { Location: "https://fine-name-12.authkit.app/?authorization_session_id=1" },
  });
  expect((await examineHere(services.good)).of("redirect-uri").status).toBe("ok");
});

test.each([
  ["https://app.example.com/callback/", "a trailing slash"],
  ["https://app.example.com/", "no path"],
  ["https://elsewhere.example.com/callback", "another origin"],
  ["https://app.example.com/callback?a=b", "a query"],
])("WORKOS_REDIRECT_URI=%s, with %s, fails and names the expected value", async (uri) => {
  const { failed, of } = await examineHere({ ...services.good, WORKOS_REDIRECT_URI: uri });
  expect(failed).toEqual(["redirect-uri"]);
  expect(of("redirect-uri").detail).toBe("WORKOS_REDIRECT_URI must be https://app.example.com/callback");
});

test("a test key is a warning if the app is not on this machine, and the fix names the live key", async () => {
  const workos = await answering((request, response) => {
    const known = request.headers.authorization === "Bearer sk_test_1" ? '{"data":[]}' : "{}";
    response.setHeader("Content-Type", "application/json").end(known);
  });
  const { of } = await examineHere({
    ...services.good,
    WORKOS_API_URL: workos.url,
    WORKOS_API_KEY: "sk_test_1",
  });
  await workos.close();
  expect(of("workos-api-key")).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("test key"),
    fix: expect.stringContaining("sk_live_"),
  });
});

describe("unexpected answers of WorkOS", () => {
  test.each([
    ["/user_management/users", "workos-api-key"],
    [`/sso/jwks/${CLIENT_ID}`, "workos-client"],
    ["/user_management/authenticate", "workos-client"],
    ["/user_management/authorize", "redirect-uri"],
  ] as const)("a 503 at %s fails %s and no Convex check", async (path, check) => {
    await services.local("POST", "faults", { path, status: 503, count: null });
    const { of } = await examineHere(services.good);
    expect(of(check)).toMatchObject({ status: "fail", detail: expect.stringMatching(/^answers, but /) });
    for (const name of CONVEX_CHECKS) {
      // Convex reads the same keys. Whether its cache is still valid depends on the machine's speed.
      const mayMissKeys = name === "convex-auth" && path.startsWith("/sso/jwks/");
      if (mayMissKeys && of(name).status === "fail")
        expect(of(name).detail).toContain("cannot read WorkOS's keys");
      else expect(of(name).status).toBe("ok");
    }
  });

  test("invalid JSON with status 200 fails at workos-api-key", async () => {
    await services.local("POST", "faults", {
      path: "/user_management/users",
      garbage: true,
      count: null,
    });
    expect((await examineHere(services.good)).of("workos-api-key").detail).toMatch(/^answers, but not as/);
  });

  test("an endless response is aborted", async () => {
    const flood = await answering((_, response) => {
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", pour);
      };
      pour();
    });
    const { of, ms } = await examineHere({ ...services.good, WORKOS_API_URL: flood.url });
    await flood.close();
    expect(of("workos-api-key").detail).toMatch(/^answers, but not as/);
    expect(ms).toBeLessThan(HERE_MS);
  });
});

describe("an unreachable WorkOS", () => {
  async function expectUnreachable(url: string, words: RegExp): Promise<void> {
    const { of, ms, failed } = await examineHere({ ...services.good, WORKOS_API_URL: url });
    // convex-auth fails too, because Convex is configured for another WorkOS.
    expect(failed).toEqual(["workos-api-key", "convex-auth"]);
    expect(of("workos-api-key").detail).toMatch(/^cannot be reached: /);
    expect(of("workos-api-key").detail).toMatch(words);
    for (const name of ["workos-client", "redirect-uri"] as const) {
      expect(of(name)).toMatchObject({
        status: "warn",
        detail: "not checked: workos-api-key: nothing answers",
      });
    }
    expect(ms).toBeLessThan(HERE_MS);
  }

  test("fails with ECONNREFUSED if nothing listens on the port", async () => {
    await expectUnreachable(NOTHING, /no program listens on that port \(ECONNREFUSED\)/);
  });

  test("and a Convex whose host names do not exist fail, and the exit code is 1", async () => {
    // In a separate process, because tests must not query DNS in theirs.
    const { code, failed, of, ms } = await services.runDoctor({
      ...services.good,
      WORKOS_API_URL: "https://workos.invalid",
      CONVEX_URL: "https://happy-animal-123.invalid",
    });
    expect(code).toBe(1);
    expect(failed).toEqual(["workos-api-key", "convex-url"]);
    for (const name of failed)
      expect(of(name).detail).toMatch(/^cannot be reached: .*no host that DNS knows/);
    for (const name of ["workos-client", "convex-functions", "convex-auth", "edge-secret"] as const)
      expect(of(name)).toMatchObject({ status: "warn", detail: expect.stringMatching(/^not checked: /) });
    expect(ms).toBeLessThan(BUILDING_MS);
  });

  test("fails if the certificate is self-signed", async () => {
    const server = await selfSigned();
    await expectUnreachable(server.url, /certificate .* not trusted here/);
    await server.close();
  });

  test("fails if the server does not use TLS", async () => {
    const server = await answering((_, response) => response.end());
    await expectUnreachable(server.url.replace("http:", "https:"), /speaks no TLS/);
    await server.close();
  });

  test("reports the other checks if only one endpoint hangs", async () => {
    await services.local("POST", "faults", { path: "/user_management/authorize", hang: true, count: null });
    const { of, failed, ms } = await examineHere(services.good);
    expect(failed).toEqual(["redirect-uri"]);
    expect(of("redirect-uri").detail).toMatch(/^cannot be reached: /);
    expect(ms).toBeLessThan(HERE_MS);
  });
});

describe("the issuers of access tokens", () => {
  const [ONE, TWO] = ["https://auth.example.com", "https://auth.example.com/"];

  test("fail at convex-auth if Convex does not accept one, which is named", async () => {
    const { failed, of } = await examineHere({ ...services.good, WORKOS_ISSUER: ONE });
    expect(failed).toEqual(["convex-auth"]);
    expect(of("convex-auth").detail).toContain(ONE);
  });

  test("fail at convex-auth if only Convex accepts some, and pass in any order on both sides", async () => {
    const environment = { WORKOS_API_URL: services.workosUrl, WORKOS_ISSUER: `${ONE}, ${TWO}` };
    const convex = await startConvexWith(join(process.cwd(), "convex"), environment);
    await convex.callWebhook();
    const at = { ...services.good, CONVEX_URL: convex.url };
    const without = await examineHere({ ...at, WORKOS_ISSUER: "" });
    const same = await examineHere({ ...at, WORKOS_ISSUER: `${TWO},${ONE}` });
    await convex.close();
    expect(without.failed).toEqual(["convex-auth"]);
    expect(without.of("convex-auth").detail).toContain("its WORKOS_ISSUER is not the one here");
    expect(same.failed).toEqual([]);
  });
});
