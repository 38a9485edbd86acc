import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { cleanUp, freePorts, run } from "./copy.ts";

afterEach(cleanUp);

/** Returns the printed lines without npm's own. */
function said(output: string): string[] {
  return output.split("\n").filter((line) => line !== "" && !line.startsWith(">"));
}

describe("a copy that cannot start", () => {
  it("prints one line with every port that is in use, and starts nothing", async () => {
    const ports = await freePorts();
    const others = Object.values(ports).map((port) => createServer().listen(port, "127.0.0.1"));
    await Promise.all(others.map((other) => once(other, "listening")));
    const copy = await run("start", { ports });
    expect(await copy.exited).toBe(1);
    const all = Object.values(ports).join(", ");
    expect(said(copy.output())).toEqual([expect.stringContaining(`Ports ${all} are in use`)]);
    expect(copy.leftBehind()).toEqual([]);
    for (const other of others) other.close();
  });

  it("lists every missing or malformed variable, without printing any value", async () => {
    const copy = await run("start", {
      environment: {
        APP_URL: "https://secret-host.example.com/path",
        WORKOS_API_URL: "https://api.workos.com",
        WORKOS_CLIENT_ID: "wrong-client-value",
        WORKOS_COOKIE_PASSWORD: "short-password",
        SENTRY_DSN: "malformed-dsn",
      },
    });
    expect(await copy.exited).toBe(1);
    for (const name of [
      "APP_URL",
      "WORKOS_API_KEY",
      "WORKOS_CLIENT_ID",
      "WORKOS_COOKIE_PASSWORD",
      "SENTRY_DSN",
    ]) {
      expect(copy.output()).toContain(name);
    }
    expect(copy.output()).not.toMatch(/secret-host|wrong-client-value|short-password|malformed-dsn/);
    expect(copy.leftBehind()).toEqual([]);
  });

  it("says which values PORT accepts", async () => {
    const copy = await run("start", { environment: { PORT: "eighty" } });
    expect(await copy.exited).toBe(1);
    expect(said(copy.output())).toEqual([expect.stringContaining("PORT must be a whole number")]);
  });

  it("prints one line if Node is too old, before it loads anything else", async () => {
    const script = `Object.defineProperty(process.versions, "node", { value: "20.9.0" });
      await import("./local/node-version.mjs");`;
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, ["--input-type=module", "-e", script], (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      ),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Mosaic needs Node 22\.22 or newer.*20\.9\.0\.\n$/);
  });
});
