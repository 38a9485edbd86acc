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

export type Options = {
  /**
   * Signals to end the command with, joined by `+`, each sent twice: to the command, or with `-group` to its group.
   */
  signal?: string;
  /** The command is ready when it has printed this. */
  text?: string;
  environment?: Record<string, string | undefined>;
};

export type Running = {
  /** Resolves when the command is ready; rejects if it exits before. */
  ready: Promise<void>;
  /** Sends the signals once the command is ready, and waits for its exit. */
  end(): Promise<Outcome>;
};

/** Runs a command to its end, which the signal of the options causes. */
export const runUnreaped = (command: string[], options: Options = {}): Promise<Outcome> =>
  startUnreaped(command, options).end();

/**
 * Starts a command.
 *
 * @param command - The command and its arguments.
 */
export function startUnreaped(command: string[], options: Options = {}): Running {
  const script = join(import.meta.dirname, "run-and-end.ts");
  const inner = [process.execPath, script, options.signal ?? "none", options.text ?? "", ...command];
  const [file = "", ...args] =
    NAMESPACE === undefined
      ? inner
      : // Without the redirection, the standard input of a background command is empty.
        ["unshare", ...NAMESPACE, "sh", "-c", 'exec 3<&0; "$@" <&3 & exec sleep 1000', "sh", ...inner];
  const child = spawn(file, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...options.environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => {}); // a caller that only waits for the end sees the outcome
  const read = async (): Promise<Outcome> => {
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        if (line !== "ready") return JSON.parse(line) as Outcome;
        resolve();
      }
      throw new Error("The command was not run");
    } finally {
      child.kill("SIGKILL");
    }
  };
  const outcome = read();
  outcome.then(({ code, output }) => reject(new Error(`It ended with ${code}:\n${output}`)), reject);
  return {
    ready,
    end() {
      child.stdin.end();
      return outcome;
    },
  };
}
