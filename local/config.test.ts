import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EnvError } from "../app/request/env.server.ts";
import { variablesOf } from "../app/request/variables.ts";
import { localDefaults, readConfig } from "./config.ts";
import { readDevVars } from "./dev-vars.ts";
import { portsFrom } from "./ports.ts";

const ports = portsFrom("8787");
const ownPassword = "a-password-that-only-this-copy-has-000001";

function config(environment: Record<string, string>, devVars: Record<string, string | undefined> = {}) {
  return readConfig(environment, devVars, ports, () => ownPassword);
}

function problems(environment: Record<string, string>): string[] {
  try {
    config(environment);
    return [];
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.problems.map((problem) => problem.name).sort();
  }
}

describe("the launcher's configuration", () => {
  it("uses local defaults and local services for everything that is not set", () => {
    const { worker, convex, emulated, warnings } = config({});
    expect(worker).toEqual({
      ACCESS_CONTACT: "",
      ALLOWED_EMAIL_DOMAINS: "",
      APP_URL: "http://localhost:8787",
      CONVEX_EDGE_SECRET: expect.any(String),
      CONVEX_URL: "http://127.0.0.1:8789",
      COOKIE_PREFIX: "",
      HEALTH_SECRET: "", // agents:line
      SENTRY_DSN: "",
      WORKOS_API_KEY: expect.stringMatching(/^sk_/),
      WORKOS_API_URL: "http://127.0.0.1:8788",
      WORKOS_CLIENT_ID: expect.stringMatching(/^client_/),
      WORKOS_COOKIE_PASSWORD: expect.any(String),
      WORKOS_ISSUER: "",
      WORKOS_ORGANIZATION_ID: "",
      WORKOS_REDIRECT_URI: "",
    });
    expect(convex).toMatchObject({ ADMIN_EMAILS: "ada@example.com", WORKOS_API_URL: worker.WORKOS_API_URL });
    expect(convex.CONVEX_EDGE_SECRET).toBe(worker.CONVEX_EDGE_SECRET);
    expect(emulated).toEqual({ workos: true, convex: true });
    expect(warnings).toEqual([]);
  });

  it("prefers the environment to .dev.vars, and .dev.vars to the defaults", () => {
    const { worker } = config(
      { WORKOS_CLIENT_ID: "client_environment" },
      { WORKOS_CLIENT_ID: "client_file", WORKOS_API_KEY: "sk_file" },
    );
    expect(worker).toMatchObject({ WORKOS_CLIENT_ID: "client_environment", WORKOS_API_KEY: "sk_file" });
  });

  it("starts no local service in place of a configured one", () => {
    expect(config({ WORKOS_API_URL: "http://localhost:9999" }).emulated).toEqual({
      workos: false,
      convex: true,
    });
    expect(config({ CONVEX_URL: "http://127.0.0.1:9999" }).emulated).toEqual({ workos: true, convex: false });
  });

  it.each(["http://127.0.0.1:8788", "http://localhost:8788", "http://[::1]:8788", ""])(
    "treats %j as not configured",
    (address) => {
      const { worker, emulated } = config({ WORKOS_API_URL: address });
      expect(emulated.workos).toBe(true);
      expect(worker.WORKOS_API_URL).toBe("http://127.0.0.1:8788");
    },
  );

  it("starts the local services with a copy of .dev.vars.example, which lists the defaults", () => {
    const example = readDevVars(".dev.vars.example");
    expect(example).toEqual(localDefaults(ports));
    expect(config({}, example)).toEqual(config({}));
  });

  it("uses no public default for a service outside this machine", () => {
    expect(problems({ WORKOS_API_URL: "https://api.workos.com" })).toEqual([
      "WORKOS_API_KEY",
      "WORKOS_CLIENT_ID",
    ]);
    expect(problems({ CONVEX_URL: "https://happy-animal-123.convex.cloud" })).toEqual(["CONVEX_EDGE_SECRET"]);
    expect(config({ APP_URL: "https://mosaic.example.com" }).env.cookiePasswords).toEqual({ 1: ownPassword });
  });

  it("reports all invalid values at once", () => {
    expect(
      problems({
        APP_URL: "not an address",
        WORKOS_API_KEY: "",
        WORKOS_COOKIE_PASSWORD: "{}",
        SENTRY_DSN: "nonsense",
        WORKOS_API_URL: "http://api.workos.com",
        WORKOS_CLIENT_ID: "client_1",
      }),
    ).toEqual(["APP_URL", "SENTRY_DSN", "WORKOS_API_KEY", "WORKOS_API_URL", "WORKOS_COOKIE_PASSWORD"]);
  });

  it("warns if APP_URL has another port than this copy", () => {
    expect(config({ APP_URL: "http://localhost:9000" }).warnings).toHaveLength(1);
    expect(config({ APP_URL: "http://127.0.0.1:8787" }).warnings).toEqual([]);
  });

  it("knows exactly the names that wrangler.toml passes to the worker", () => {
    const [toml = ""] = readFileSync("wrangler.toml", "utf8").split("\n[env.");
    const named = [...toml.matchAll(/^ {2}"([A-Z_]+)",$|^([A-Z_]+) = ""/gm)].map(
      (match) => match[1] ?? match[2],
    );
    expect(named.sort()).toEqual(variablesOf("worker").sort());
  });

  it("has a local default in .dev.vars.example for every required variable, and no other variable", () => {
    const named = Object.keys(readDevVars(".dev.vars.example"));
    const required = [...variablesOf("worker", "required"), ...variablesOf("convex", "required")];
    expect(named).toEqual(expect.arrayContaining(required));
    const known: string[] = [...variablesOf("worker"), ...variablesOf("convex")];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});
