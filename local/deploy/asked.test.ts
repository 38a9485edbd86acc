import { expect, test } from "vitest";
import { readAsked, UsageError } from "./asked.ts";

test("deploys to production unless another environment is named", () => {
  const common = { preview: null, remove: false, dryRun: false };
  expect(readAsked([], undefined)).toEqual({ ...common, environment: "production" });
  expect(readAsked([], "")).toEqual({ ...common, environment: "production" });
  expect(readAsked(["--env", "staging"], undefined)).toEqual({ ...common, environment: "staging" });
  expect(readAsked(["--dry-run"], "staging")).toEqual({ ...common, environment: "staging", dryRun: true });
  expect(readAsked(["--env", "staging"], "staging")).toEqual({ ...common, environment: "staging" });
  expect(readAsked(["--help"], undefined)).toBe("help");
});

test("deploys and removes a preview with the configuration of staging", () => {
  const preview = { environment: "staging", preview: "fix-42", remove: false, dryRun: false };
  expect(readAsked(["--preview", "fix-42"], undefined)).toEqual(preview);
  expect(readAsked(["--preview=fix-42", "--remove"], "staging")).toEqual({ ...preview, remove: true });
});

test.each([
  [["--preview", "fix-42"], "production"],
  [["--preview", " "], undefined],
  [["--preview", "fix-42", "--remove", "--dry-run"], undefined],
  [["--remove"], undefined],
  [["--env", "staging"], "production"],
  [["--env", "prod"], undefined],
  [[], "preview"],
  [["--dryrun"], undefined],
  [["production"], undefined],
])("rejects %j with CLOUDFLARE_ENV=%s", (args, cloudflareEnv) => {
  expect(() => readAsked(args, cloudflareEnv)).toThrow(UsageError);
});
