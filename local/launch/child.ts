/** One child process with everything that it starts, ended as a whole. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import "../clean-exit/own-children.cjs";

export type Child = {
  /** Settles when the process itself has ended, with a word on how. */
  ended: Promise<string>;
  /** From now on lines are shown as they come; what came before is thrown away. */
  show(): void;
  /** What came so far and was not shown. */
  held(): string;
  /** Ends the process and what it started. */
  stop(): Promise<void>;
};

/** How long a child has to end on its own, in milliseconds; the launcher itself has 5 s. */
const PATIENCE_MS = 3_500;
const HELD_LINES = 200;

/**
 * Starts Node with these arguments in a process group of its own, so that all of it can be killed when it does not end
 * by itself. Ctrl-C in a terminal does not reach the group; the launcher passes it on.
 *
 * @param isNoise Lines that are never shown.
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
      shown = false; // what a process says about being told to end is of no use to anybody
      // It ends its own children (see ../clean-exit/own-children.cjs). Wrangler would restart a workerd that ends first.
      // When it is gone already, what it has left is told.
      if (!child.kill("SIGTERM")) signalGroup(child.pid, "SIGTERM");
      const deadline = Date.now() + PATIENCE_MS;
      while (signalGroup(child.pid, 0) && Date.now() < deadline) await pause(25);
      signalGroup(child.pid, "SIGKILL");
      await ended;
    },
  };
}

/** Sends a signal to a whole group; false when nobody is left in it. */
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
