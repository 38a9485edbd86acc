/** Child process of the launcher, stopped together with the processes that it starts. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import "../exit-cleanly/own-children.cjs";

export type Child = {
  /** Resolves with the exit code or signal when the process has exited. */
  ended: Promise<string>;
  /** Prints lines from now on. Lines held so far are dropped. */
  show(): void;
  /** Returns the lines that were held so far. */
  held(): string;
  /** Stops the process and the processes that it started. */
  stop(): Promise<void>;
};

/** How long a child may take to exit, in milliseconds; the launcher itself has 5 s. */
const KILL_AFTER_MS = 3_500;
const HELD_LINES = 200;

/**
 * Starts Node in a new process group, so that the whole group can be killed if it does not exit. Ctrl-C in a
 * terminal does not reach the group; the launcher forwards it.
 *
 * @param args - The script and its arguments.
 * @param options - `isNoise` selects lines that are never shown.
 */
export function startChild(
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; isNoise?: (line: string) => boolean },
): Child {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let shown = false;
  const lines: string[] = [];
  const streams = [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const;
  for (const [from, to] of streams) {
    createInterface({ input: from }).on("line", (line) => {
      if (options.isNoise?.(line)) return;
      if (shown) to.write(`${line}\n`);
      else if (lines.push(line) > HELD_LINES) lines.shift();
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });

  return {
    ended,
    show() {
      shown = true;
      lines.length = 0;
    },
    held: () => lines.join("\n"),
    async stop() {
      if (child.pid === undefined) return;
      shown = false; // output during the shutdown is of no use
      // It ends its own children (see ../exit-cleanly/own-children.cjs). Wrangler would restart a workerd that
      // exits first. If it has exited already, its remaining children get the signal.
      if (!child.kill("SIGTERM")) signalGroup(child.pid, "SIGTERM");
      const deadline = Date.now() + KILL_AFTER_MS;
      while (signalGroup(child.pid, 0) && Date.now() < deadline) await pause(25);
      signalGroup(child.pid, "SIGKILL");
      await ended;
    },
  };
}

/**
 * Sends a signal to a process group.
 *
 * @returns Whether the group had a process left.
 */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM on macOS: only zombies are left.
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
