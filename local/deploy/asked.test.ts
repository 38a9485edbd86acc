import { expect, test } from "vitest";
import { readAsked, UsageError } from "./asked.ts";

test("deploys to production unless another environment is named", () => {
  expect(readAsked([], undefined)).toEqual({ environment: "production", dryRun: false });
  expect(readAsked([], "")).toEqual({ environment: "production", dryRun: false });
  expect(readAsked(["--env", "staging"], undefined)).toEqual({ environment: "staging", dryRun: false });
  expect(readAsked(["--dry-run"], "staging")).toEqual({ environment: "staging", dryRun: true });
  expect(readAsked(["--env", "staging"], "staging")).toEqual({ environment: "staging", dryRun: false });
  expect(readAsked(["--help"], undefined)).toBe("help");
});

test.each([
  [["--env", "staging"], "production"],
  [["--env", "prod"], undefined],
  [[], "preview"],
  [["--dryrun"], undefined],
  [["production"], undefined],
])("rejects %j with CLOUDFLARE_ENV=%s", (args, cloudflareEnv) => {
  expect(() => readAsked(args, cloudflareEnv)).toThrow(UsageError);
});
