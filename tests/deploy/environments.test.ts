import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { ENVIRONMENTS } from "../../local/deploy/asked.ts";
import { NAMES } from "../../local/deploy/names.ts";
import { WORKERS } from "../../local/deploy/preview.ts";

const read = (env?: string) =>
  unstable_readConfig({ config: "wrangler.toml", ...(env !== undefined && { env }) }, { hideWarnings: true });

type Limit = { name: string; namespace_id: string; simple: unknown };

const limitsOf = (config: { ratelimits?: unknown }) => config.ratelimits as Limit[];

const local = read();

describe.each(ENVIRONMENTS)("the environment %s in wrangler.toml", (environment) => {
  const deployed = read(environment);

  test("has every binding, variable, secret and migration of the local environment", () => {
    const parts = [
      "assets",
      "compatibility_date",
      "durable_objects",
      "kv_namespaces",
      "migrations",
      "observability",
      "secrets",
      "vars",
      "version_metadata",
    ] as const;
    for (const part of parts) expect(deployed[part], part).toEqual(local[part]);
    const limits = (config: typeof local) => limitsOf(config).map(({ name, simple }) => ({ name, simple }));
    expect(limits(deployed)).toEqual(limits(local));
  });

  test("has the worker name that the deploy expects", () => {
    expect(deployed.name).toBe(WORKERS[environment]);
  });

  test("gets every secret and variable that it reads from the deploy", () => {
    const given = (goal: string) =>
      NAMES.filter(({ goes }) => goes.some((one) => one === goal)).map(({ name }) => name);
    expect(given("worker secret").sort()).toEqual([...(deployed.secrets?.required ?? [])].sort());
    expect(given("worker variable").sort()).toEqual(Object.keys(deployed.vars).sort());
  });
});

test("production and staging use different rate limit namespaces", () => {
  const ids = ENVIRONMENTS.flatMap((environment) =>
    limitsOf(read(environment)).map((limit) => limit.namespace_id),
  );
  expect(new Set(ids).size).toBe(ids.length);
});
