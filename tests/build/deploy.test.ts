import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

const WORKER_LIMIT_KIB = 350;

it("wrangler accepts the worker for deployment, at less than 350 KiB gzipped", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run"],
    { encoding: "utf8", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
  );
  expect(status, stderr).toBe(0);
  const upload = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(stdout);
  process.stdout.write(`${upload?.[0] ?? stdout}\n`);
  expect(Number(upload?.[1])).toBeLessThan(WORKER_LIMIT_KIB);
});

it("the build contains no .dev.vars", () => {
  const files = readdirSync("build", { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => file.includes(".dev.vars"))).toEqual([]);
});
