import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../local/doctor/report.ts";
import {
  BUILDING_MS,
  CLIENT_ID,
  examineHere,
  HERE_MS,
  type RunReport,
  SECRETS,
  type Services,
  startServices,
} from "./running-doctor.ts";

let services: Services;
let report: RunReport;

beforeAll(async () => {
  services = await startServices();
  report = await services.runDoctor(services.good);
});

afterAll(() => services.close());

describe("the doctor with a valid configuration", () => {
  test("reports every check as ok but that everyone may enter, in order, and exits with 0", () => {
    expect(CHECKS.slice(0, 3)).toEqual(["environment", "access", "cookie-prefix"]);
    expect(report.results.map(({ name, status }) => `${status} ${name}`)).toEqual(
      CHECKS.map((name) => (name === "access" ? "warn access" : `ok ${name}`)),
    );
    expect(report.code).toBe(0);
  });

  test("finishes within 20 s, and within 8 s without building the functions", async () => {
    const { ms, failed } = await examineHere(services.good);
    process.stdout.write(`doctor, all well: ${report.ms} ms, ${ms} ms without the build\n`);
    expect(report.ms).toBeLessThan(BUILDING_MS);
    expect(failed).toEqual([]);
    expect(ms).toBeLessThan(HERE_MS);
  });

  test("prints an array of name, status, detail and fix with --json", () => {
    for (const result of report.results) {
      expect(Object.keys(result)).toEqual(["name", "status", "detail", "fix"]);
      expect(Object.values(result).every((value) => typeof value === "string")).toBe(true);
    }
  });

  test("prints one line for each check and one with the counts without --json, and the password that seals", async () => {
    const map = JSON.stringify({
      1: "old-password-of-the-doctors-tests-0001",
      12: SECRETS.WORKOS_COOKIE_PASSWORD,
    });
    const { stdout, code } = await services.runDoctor({ ...services.good, WORKOS_COOKIE_PASSWORD: map }, []);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.at(-1)).toBe(`${CHECKS.length - 1} ok, 1 warn, 0 fail`);
    expect(lines.slice(0, -1).map((line) => line.split(/\s+/)[1])).toEqual([...CHECKS]);
    expect(lines.slice(0, -1).map((line) => line.split(/\s+/)[0])).toEqual(
      CHECKS.map((name) => (name === "access" ? "warn" : "ok")),
    );
    expect(lines[CHECKS.indexOf("cookie-password")]).toContain("number 12 seals");
    expect(code).toBe(0);
  });

  test("sends WorkOS only requests that change nothing", async () => {
    const asked = await (await fetch(`${services.workosUrl}/_local/requests`)).json();
    const paths = asked.map(({ method, path }: { method: string; path: string }) => `${method} ${path}`);
    const own = ["PUT /_local/settings", "GET /_local/requests"];
    expect(paths.filter((path: string) => !own.includes(path)).sort()).toEqual([
      "GET /sso/jwks/:clientId",
      "GET /user_management/authorize",
      "GET /user_management/users",
      "POST /user_management/authenticate",
    ]);
  });
});

describe("the doctor without a configuration", () => {
  test("warns that the emulators are used, and exits with 0", async () => {
    const { results, of, code, failed } = await services.runDoctor({});
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    for (const name of CHECKS.slice(CHECKS.indexOf("workos-api-key")))
      expect(of(name).detail).toContain("the local emulator is used");
    expect(results.filter(({ status }) => status === "ok").map(({ name }) => name)).toEqual([
      "environment",
      "access",
      "cookie-prefix",
      "sign-out-redirect",
      "alert-email", // agents:line
      "app-url",
    ]);
  });

  test("treats the launcher's own addresses as not configured", async () => {
    const environment = { WORKOS_API_URL: "http://127.0.0.1:8788", CONVEX_URL: "http://localhost:8789" };
    const { of } = await examineHere(environment, CHECKS);
    expect(of("workos-api-key").detail).toContain("the local emulator is used");
    expect(of("convex-url").detail).toContain("the local emulator is used");
  });

  test("warns that an API key without WORKOS_API_URL has no effect", async () => {
    const { of } = await examineHere(
      { WORKOS_API_KEY: SECRETS.WORKOS_API_KEY, WORKOS_CLIENT_ID: CLIENT_ID },
      CHECKS,
    );
    expect(of("workos-api-key")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("without WORKOS_API_URL"),
    });
  });
});

describe("the doctor with --env", () => {
  test("reads only the environment's file, and fails for values that point at this machine", async () => {
    const vars = (values: Record<string, string>) =>
      Object.entries(values)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join("");
    const files = {
      ".staging.vars": `\uFEFF${vars(services.good)}`,
      ".dev.vars": vars({ WORKOS_CLIENT_ID: "client_of_nobody", CONVEX_EDGE_SECRET: "short" }),
    };
    const { failed, of } = await services.runDoctor({}, ["--json", "--env", "staging"], files);
    expect(failed).toEqual(["environment", "convex-url"]);
    expect(of("environment").detail).toContain("WORKOS_API_URL points at this machine");
    expect(of("convex-url").detail).toContain("CONVEX_URL points at this machine");
    for (const name of ["cookie-password", "app-url", "edge-secret"] as const)
      expect(of(name).status).not.toBe("fail");
  });

  test("uses no local defaults and reports unset values as missing", async () => {
    const { failed, of } = await services.runDoctor({ APP_URL: "https://app.example.com" }, [
      "--json",
      "--env",
      "production",
    ]);
    expect(failed).toEqual([
      "environment",
      "cookie-password",
      "workos-api-key",
      "workos-client",
      "convex-url",
      "edge-secret",
      "webhook",
    ]);
    expect(of("convex-url").detail).toContain("CONVEX_URL is missing");
  });
});
