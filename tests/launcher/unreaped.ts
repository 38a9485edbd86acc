/** Runs a command where process 1 waits for nobody, so that every process whose parent ended before it stays. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Outcome = {
  /** The exit code, or the signal that ended the command. */
  code: number | string;
  /** From the signal to the end. */
  ms: number;
  /** Processes below the command that are left, such as `workerd (Z)`. */
  left: string[];
  output: string;
};

/**
 * In a container, making a process namespace may be forbidden. Then the machine's own process 1 is used, and zombies
 * are found only if it does not reap them; running orphans are found in any case.
 */
const NAMESPACE = [["--pid"], ["--map-root-user", "--pid"]]
  .map((options) => [...options, "--fork", "--kill-child", "--mount-proc"])
  .find((options) => spawnSync("unshare", [...options, "true"]).status === 0);

/**
 * Runs a command to its end.
 *
 * @param options.signal - Sent when the output contains `text`: to the command alone, or with `-group` to its group.
 */
export async function runUnreaped(
  command: string[],
  options: { signal?: string; text?: string; environment?: Record<string, string | undefined> } = {},
): Promise<Outcome> {
  const script = join(import.meta.dirname, "run-and-end.ts");
  const inner = [process.execPath, script, options.signal ?? "none", options.text ?? "", ...command];
  const [file = "", ...args] =
    NAMESPACE === undefined
      ? inner
      : ["unshare", ...NAMESPACE, "sh", "-c", '"$@" & exec sleep 1000', "sh", ...inner];
  const child = spawn(file, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...options.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Outcome;
    throw new Error("The command was not run");
  } finally {
    child.kill("SIGKILL");
  }
}
