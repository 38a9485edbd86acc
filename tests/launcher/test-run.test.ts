import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cleanUp, dataFolder } from "./copy.ts";
import { type Outcome, runUnreaped } from "./unreaped.ts";

afterEach(cleanUp);

/**
 * A step that starts a child and a grandchild in a separate process group, writes a temporary file and hangs.
 */
const STEP = `const { spawn } = require("node:child_process");
  require("node:fs").mkdtempSync(require("node:os").tmpdir() + "/left-");
  const nested = "require('node:child_process').spawn('sleep', ['100']); console.log('started'); setInterval(() => {}, 1000)";
  spawn(process.execPath, ["-e", nested], { stdio: "inherit", detached: true });
  setInterval(() => {}, 1000);`;

/** Runs a step twice at the same time, and then another one, as `npm test` does. */
function runTwice(step: string, temporary: string, signal?: string): Promise<Outcome> {
  const args = JSON.stringify(["-e", step]);
  const script = `import { runSteps } from "./tests/steps.ts";
    const pair = [{ name: "step", args: ${args} }, { name: "beside", args: ${args} }];
    await runSteps([pair, { name: "next", args: ["-e", "console.log('after')"] }]);`;
  return runUnreaped([process.execPath, "--input-type=module", "-e", script], {
    signal,
    text: "started",
    environment: { TMPDIR: temporary },
  });
}

describe("npm test", () => {
  it.each(["SIGINT-group", "SIGTERM", "SIGHUP"])(
    "leaves no process and no file after %s, and reports a failure",
    async (signal) => {
      const temporary = dataFolder();
      const { code, left, output } = await runTwice(STEP, temporary, signal);
      expect({ code, left, files: readdirSync(temporary) }).toEqual({ code: 1, left: [], files: [] });
      expect(output).not.toContain("=== next");
      expect(output).toMatch(/\n0 passed, \d failed\n$/);
    },
  );

  it("removes its temporary folder, and the folder of a killed run", async () => {
    const temporary = dataFolder();
    mkdirSync(join(temporary, "mosaic-tests-killed"));
    writeFileSync(join(temporary, "mosaic-tests-killed", "lock"), "");
    const { code, output } = await runTwice("console.log('here')", temporary);
    expect({ code, files: readdirSync(temporary) }).toEqual({ code: 0, files: [] });
    expect(output.match(/^(here|after)$/gm)).toEqual(["here", "here", "after"]);
    expect(output).toMatch(/\n3 passed, 0 failed\n$/);
  });

  it.each(["/etc/passwd", "/etc/passwd/missing", "/proc"])(
    "prints one line if the temporary folder %s cannot be used",
    async (temporary) => {
      const { code, output } = await runTwice("", temporary);
      expect(code).toBe(1);
      expect(output).toMatch(/^The temporary folder .* Set TMPDIR .*\n0 passed, 1 failed\n$/);
    },
  );
});
