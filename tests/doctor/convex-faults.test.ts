import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKS, type CheckName } from "../../local/doctor/report.ts";
import { answering, hanging, NOTHING, selfSigned } from "./bad-servers.ts";
import {
  BUILDING_MS,
  copyOfFunctions,
  examineHere,
  type Report,
  type Services,
  startConvexWith,
  startServices,
} from "./running-doctor.ts";

let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterAll(() => services.close());

/** All checks but the webhook's, for which Convex has to start the thread of its HTTP actions. */
const NO_ACTION = CHECKS.filter((name) => name !== "webhook");
const QUICK = NO_ACTION.filter((name) => name !== "convex-functions");

/** Runs the doctor against a separate Convex with these functions and variables. */
async function withConvex(
  functionsDir: string,
  environment: Record<string, string> = {},
  configuration: Record<string, string> = {},
  only: readonly CheckName[] = QUICK,
): Promise<Report> {
  const convex = await startConvexWith(functionsDir, { WORKOS_API_URL: services.workosUrl, ...environment });
  if (only.includes("webhook")) await convex.callWebhook();
  const report = await examineHere({ ...services.good, CONVEX_URL: convex.url, ...configuration }, only);
  await convex.close();
  return report;
}

const OURS = join(process.cwd(), "convex");

describe("different functions in Convex", () => {
  test("an empty deployment fails because all functions are missing", async () => {
    const empty = mkdtempSync(join(tmpdir(), "mosaic-empty-"));
    const { of, failed } = await withConvex(empty, {}, {}, NO_ACTION);
    rmSync(empty, { recursive: true });
    expect(failed).toEqual(["convex-functions", "convex-auth"]);
    expect(of("convex-functions")).toMatchObject({
      detail: expect.stringMatching(/^answers, but without .* and \d+ more/),
      fix: expect.stringContaining("npm run deploy"),
    });
    expect(of("edge-secret")).toMatchObject({
      status: "warn",
      detail: expect.stringMatching(/^not checked: /),
    });
  });

  test("a missing function fails and is named", async () => {
    const copy = copyOfFunctions();
    const file = join(copy.dir, "preferences.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("export const set =", "export const put ="));
    const { of, failed } = await withConvex(copy.dir, {}, {}, NO_ACTION);
    copy.remove();
    expect(failed).toEqual(["convex-functions"]);
    expect(of("convex-functions").detail).toMatch(/^answers, but without preferences:set of \d+ functions/);
  });

  test("functions of another version are a warning", async () => {
    const copy = copyOfFunctions();
    appendFileSync(join(copy.dir, "model/roles.ts"), "\n// of another day\n");
    const { of, failed } = await withConvex(copy.dir, {}, {}, NO_ACTION);
    copy.remove();
    expect(failed).toEqual([]);
    expect(of("convex-functions")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("others than here"),
    });
  });
});

describe("who may enter", () => {
  const GATE = { ALLOWED_EMAIL_DOMAINS: "example.com,example.org" };

  test("is a warning for a deployed app without a gate", async () => {
    const { of } = await examineHere(services.good);
    expect(of("access")).toMatchObject({ status: "warn", detail: expect.stringContaining("everyone") });
  });

  test("fails if both sides differ, and names the variable", async () => {
    const { of, failed } = await examineHere({ ...services.good, ...GATE });
    expect(failed).toEqual(["access"]);
    expect(of("access").detail).toMatch(/^answers, but its ALLOWED_EMAIL_DOMAINS is not the one here/);
  });

  test("fails if WorkOS knows no such organization, and the webhook if its secret is another", async () => {
    const gone = { WORKOS_ORGANIZATION_ID: "org_gone" };
    const { of, failed } = await withConvex(OURS, { ...gone, WORKOS_WEBHOOK_SECRET: "another" }, gone, [
      "webhook",
      "access",
    ]);
    expect(failed).toEqual(["access", "webhook"]);
    expect(of("access").detail).toMatch(/^answers, but it knows no organization org_gone/);
    expect(of("webhook").fix).toContain("Webhooks");
  });

  test("is ok with the same gate on both sides, but a warning without an admin", async () => {
    const known = { WORKOS_ORGANIZATION_ID: "org_01LOCALACME000000000000000" };
    const theirs = { ...known, ALLOWED_EMAIL_DOMAINS: "example.org, EXAMPLE.com", WORKOS_WEBHOOK_SECRET: "" };
    const convex = await startConvexWith(OURS, { WORKOS_API_URL: services.workosUrl, ...theirs });
    await convex.callWebhook();
    const configuration = { ...services.good, CONVEX_URL: convex.url, ...known, ...GATE };
    const { of, failed } = await examineHere(configuration, ["webhook", "access"]);
    expect(failed).toEqual([]);
    const gate = `only members of ${known.WORKOS_ORGANIZATION_ID} with verified e-mails of example.com,example.org`;
    expect(of("access")).toMatchObject({ status: "warn", detail: `${gate}; no active admin is known` });
    // Events would be rejected: this Convex has no secret for them.
    expect(of("webhook")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("rejects every event"),
    });
    await convex.addAdmin();
    const again = await examineHere(configuration, ["access"]);
    expect(again.of("access")).toMatchObject({ status: "ok", detail: gate });
    await convex.close();
  });
});

describe("different variables in Convex", () => {
  test("another edge secret and another client fail, and leave the version of the functions unchecked", async () => {
    const theirs = { CONVEX_EDGE_SECRET: "x".repeat(40), WORKOS_CLIENT_ID: "client_of_staging" };
    const { of, failed } = await withConvex(OURS, theirs, {}, NO_ACTION);
    expect(failed).toEqual(["convex-auth", "edge-secret"]);
    expect(of("edge-secret").fix).toContain("Environment Variables: set CONVEX_EDGE_SECRET");
    expect(of("convex-functions")).toMatchObject({
      status: "warn",
      detail: expect.stringMatching(/^not checked/),
    });
    expect(of("convex-auth").detail).toContain("/user_management/client_of_the_doctors_tests");
  });

  test("an issuer missing from auth.config.ts fails at convex-auth", async () => {
    const copy = copyOfFunctions();
    const config =
      'export default { providers: [{ type: "customJwt" as const, issuer: "https://other.example.com", algorithm: "RS256" as const, jwks: "https://other.example.com/jwks" }] };\n';
    writeFileSync(join(copy.dir, "auth.config.ts"), config);
    const { of, failed } = await withConvex(copy.dir);
    copy.remove();
    expect(failed).toEqual(["convex-auth"]);
    expect(of("convex-auth").detail).toContain(services.workosUrl);
    expect(of("convex-auth").fix).toContain("WORKOS_API_URL, WORKOS_CLIENT_ID and WORKOS_ISSUER");
  });

  test("a missing edge secret, and WorkOS's keys that Convex cannot read, fail", async () => {
    const dead = { WORKOS_API_URL: NOTHING };
    const { of } = await withConvex(OURS, { ...dead, CONVEX_EDGE_SECRET: "" }, dead);
    expect(of("edge-secret").status).toBe("fail");
    expect(of("convex-auth")).toMatchObject({
      status: "fail",
      detail: expect.stringMatching(/^answers, but it cannot read WorkOS's keys/),
    });
  });
});

describe("a production deployment, which redacts error messages", () => {
  test.each([
    ["ok for the same fingerprint", "same", "ok"],
    ["a warning for a different fingerprint", "other", "warn"],
  ])("reports the functions as %s", async (_, which, status) => {
    const server = await redacting(which === "same" ? "pass" : "change");
    const { of } = await examineHere(
      { ...services.good, CONVEX_URL: server.url, CONVEX_SITE_URL: services.siteUrl },
      CHECKS,
    );
    await server.close();
    expect(of("convex-functions").status).toBe(status);
    expect(of("edge-secret").status).toBe("ok");
  });

  test("leaves the functions unchecked if the edge secret differs", async () => {
    const server = await redacting("pass");
    const { of } = await examineHere(
      {
        ...services.good,
        CONVEX_URL: server.url,
        CONVEX_SITE_URL: services.siteUrl,
        CONVEX_EDGE_SECRET: "x".repeat(40),
      },
      CHECKS,
    );
    await server.close();
    expect(of("edge-secret").status).toBe("fail");
    expect(of("convex-functions")).toMatchObject({
      status: "warn",
      detail: expect.stringMatching(/^not checked/),
    });
  });

  /** Starts a proxy that redacts error messages, as Convex does in production. */
  function redacting(fingerprint: "pass" | "change") {
    return answering(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { authorization } = request.headers;
      const answer = await fetch(`${services.convexUrl}${request.url}`, {
        method: request.method ?? "GET",
        headers: {
          "Content-Type": "application/json",
          ...(authorization && { Authorization: authorization }),
        },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      });
      let text = await answer.text();
      text = text.replace(
        /"errorMessage":"(?:[^"\\]|\\.)*"/,
        '"errorMessage":"[Request ID: 1] Server Error"',
      );
      if (fingerprint === "change") text = text.replace(/"fingerprint":"\w+"/, '"fingerprint":"0"');
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(text);
    });
  }
});

describe("an unreachable Convex", () => {
  async function expectUnreachable(url: string, words: RegExp): Promise<void> {
    const { of, failed } = await examineHere({ ...services.good, CONVEX_URL: url }, CHECKS);
    expect(failed).toEqual(["convex-url"]);
    expect(of("convex-url").detail).toMatch(/^cannot be reached: /);
    expect(of("convex-url").detail).toMatch(words);
    for (const name of ["convex-functions", "convex-auth", "edge-secret", "webhook"] as const) {
      expect(of(name)).toMatchObject({ status: "warn", detail: expect.stringMatching(/^not checked: /) });
    }
  }

  test("fails with ECONNREFUSED if nothing listens on the port", async () => {
    await expectUnreachable(NOTHING, /ECONNREFUSED/);
  });

  test("fails if the certificate is self-signed", async () => {
    const server = await selfSigned();
    await expectUnreachable(server.url, /certificate .* not trusted here/);
    await server.close();
  });

  test("fails only at the webhook if only the webhook's host is unreachable", async () => {
    const { failed, of } = await examineHere({ ...services.good, CONVEX_SITE_URL: NOTHING });
    expect(failed).toEqual(["webhook"]);
    expect(of("webhook").detail).toMatch(/^cannot be reached: /);
  });
});

describe("a CONVEX_URL that is not Convex", () => {
  test.each([
    ["a page", 200, "<!doctype html><title>Hello</title>"],
    ["a 404", 404, "not found"],
    ["a 500", 500, "broken"],
    ["a redirect", 301, ""],
  ])("fails for %s, and leaves the other Convex checks unchecked", async (_, status, body) => {
    const server = await answering((_request, response) => response.writeHead(status).end(body));
    const { of, failed } = await examineHere({ ...services.good, CONVEX_URL: server.url });
    await server.close();
    expect(failed).toEqual(["convex-url"]);
    expect(of("convex-url").detail).toMatch(/^answers, but /);
    expect(of("edge-secret").detail).toMatch(/^not checked/);
  });
});

test("the doctor waits only once if both services hang: it asks both at the same time", async () => {
  const server = await hanging();
  const { ms, results, of } = await examineHere(
    { ...services.good, WORKOS_API_URL: server.url, CONVEX_URL: server.url },
    CHECKS,
  );
  await server.close();
  expect(server.asked).toEqual({ all: 2, atOnce: 2 });
  expect(ms).toBeLessThan(BUILDING_MS);
  expect(results).toHaveLength(CHECKS.length);
  expect(of("workos-api-key").detail).toMatch(/^cannot be reached: .* gave no answer within 4.5 s/);
  expect(of("convex-url").detail).toMatch(/^cannot be reached: .* gave no answer within 4.5 s/);
  for (const name of ["redirect-uri", "convex-functions", "webhook"] as const)
    expect(of(name).detail).toMatch(/^not checked/);
});
