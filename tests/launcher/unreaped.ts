/**
 * Runs a command under a process 1 that does not reap orphans, so that every orphaned process stays visible.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Outcome = {
  /** The exit code, or the signal that ended the command. */
  code: number | string;
  /** Milliseconds from the signal to the exit. */
  ms: number;
  /** Descendants of the command that still exist, such as `workerd (Z)`. */
  left: string[];
  output: string;
};

/** Simulates a read-only HOME and a full disk, even for root: no file can be created below a file. */
export const UNUSABLE = { HOME: "/etc/passwd", TMPDIR: "/etc/passwd/tmp" };

/**
 * Options of `unshare`; undefined if creating a process namespace is forbidden, as in some containers. Then
 * the machine's process 1 may reap zombies before the test sees them. Running orphans are always found.
 */
const NAMESPACE = [["--pid"], ["--map-root-user", "--pid"]]
  .map((options) => [...options, "--fork", "--kill-child", "--mount-proc"])
  .find((options) => spawnSync("unshare", [...options, "true"]).status === 0);

/**
 * Runs a command to its end.
 *
 * @param command - The command and its arguments.
 * @param options.signal - Sent when the output contains `text`: to the command, or with `-group` to its
 * group.
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
