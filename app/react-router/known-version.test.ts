import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * The version of React Router for which the workarounds in this folder were measured. After an update, run
 * `npm run bench -- workarounds`, delete those without a gain, and update the decision records.
 */
const KNOWN_VERSION = "8.4.0";

const files = globSync("*.{ts,tsx}", { cwd: import.meta.dirname }).filter((name) => !name.includes(".test."));

describe("the workarounds for React Router", () => {
  it("were measured with the installed version", () => {
    const { version } = JSON.parse(readFileSync("node_modules/react-router/package.json", "utf8"));
    expect(version).toBe(KNOWN_VERSION);
  });

  it.each(files)("%s names its decision record", (name) => {
    const [comment = ""] = readFileSync(join(import.meta.dirname, name), "utf8").split("*/");
    const [record = "none"] = /docs\/decisions\/[\w-]+\.md/.exec(comment) ?? [];
    expect(existsSync(record), record).toBe(true);
  });
});
