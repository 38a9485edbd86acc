/** Runner for the tools of the project: shows their output with secrets hidden. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A tool that failed. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The output of the tool. */
  readonly printed: string;

  constructor(message: string, printed = "") {
    super(message);
    this.printed = printed;
  }
}

const LONGEST_MS = 600_000;

export type Tools = {
  /**
   * Runs a tool.
   *
   * @param args - A script and its arguments, for Node.
   * @param environment - Additional environment variables.
   * @param ms - The time limit in milliseconds.
   * @returns The complete output.
   * @throws {CommandError} when the tool fails or exceeds the time limit.
   */
  run(args: string[], environment?: Record<string, string>, ms?: number): Promise<string>;
  /** Runs `use` with a temporary file that only this user may read. */
  withFile<T>(name: string, content: string, use: (file: string) => Promise<T>): Promise<T>;
};

/**
 * Returns the runner.
 *
 * @param secrets - Values to hide in all output.
 * @param show - Receives the output line by line.
 * @param signal - Ends the running tool.
 */
export function toolsFor(
  secrets: readonly string[],
  show: (line: string) => void,
  signal: AbortSignal,
): Tools {
  // Longest first, because one secret may contain another.
  const hidden = secrets.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);
  const clean = (line: string) => hidden.reduce((text, secret) => text.replaceAll(secret, "***"), line);
  return {
    run: (args, environment = {}, ms = LONGEST_MS) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, args, {
          env: { ...process.env, WRANGLER_SEND_METRICS: "false", ...environment },
          stdio: ["ignore", "pipe", "pipe"],
          timeout: ms,
          signal,
        });
        const started = Date.now();
        let printed = "";
        for (const stream of [child.stdout, child.stderr]) {
          createInterface({ input: stream }).on("line", (line) => {
            printed += `${line}\n`;
            show(clean(line));
          });
        }
        child.once("error", (error) => reject(new CommandError(error.message)));
        // `exit` may come long before `close`: processes that the tool started may keep its output open.
        child.once("exit", (_, killedBy) => {
          if (killedBy === null || Date.now() - started < ms) return;
          const words = args.slice(0, 4).join(" ");
          reject(new CommandError(`${words} did not end within ${ms / 1000} s, and was ended`));
        });
        child.once("close", (code, killedBy) => {
          if (code === 0) resolve(printed);
          else reject(new CommandError(`${args[0]} ended with ${killedBy ?? `exit code ${code}`}`, printed));
        });
      }),
    async withFile(name, content, use) {
      const folder = mkdtempSync(join(tmpdir(), "mosaic-deploy-"));
      try {
        const file = join(folder, name);
        writeFileSync(file, content, { mode: 0o600 });
        return await use(file);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
