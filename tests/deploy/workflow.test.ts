import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ENVIRONMENTS } from "../../local/deploy/asked.ts";
import { NAMES } from "../../local/deploy/names.ts";

const workflow = readFileSync(".github/workflows/deploy.yml", "utf8");
const guide = readFileSync("docs/deploy.md", "utf8");

test("the workflow passes every value from the secret of the same name", () => {
  const passed = [...workflow.matchAll(/^ {10}([A-Z_]+): (\S.*?)(?: #.*)?$/gm)].filter(
    ([, name = ""]) => !["CLOUDFLARE_ENV", "BRANCH"].includes(name),
  );
  for (const [, name, value] of passed) expect(value).toBe(`\${{ secrets.${name} }}`);
  expect(passed.map(([, name]) => name)).toEqual(expect.arrayContaining(NAMES.map(({ name }) => name)));
});

test("the workflow offers every environment", () => {
  expect(workflow).toContain(`options: [${[...ENVIRONMENTS].sort().reverse().join(", ")}]`);
});

test("the guide's example file lists every required value, and its text every optional one", () => {
  const file = /```ini\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  const named = [...file.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named).toEqual(NAMES.filter(({ needed }) => needed).map(({ name }) => name));
  for (const { name } of NAMES.filter(({ needed }) => !needed)) expect(guide).toContain(`\`${name}`);
});
