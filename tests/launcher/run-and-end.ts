/**
 * Child process of unreaped.ts: runs a command, sends it a signal twice and prints the remaining processes as
 * JSON. Arguments: the signal or "none", the text to wait for, the command and its arguments.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { ProcessTree } from "./process-tree.ts";

const LOOK_MS = 50;
const [signal = "", text = "", command = "", ...args] = process.argv.slice(2);

const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
const tree = new ProcessTree(child.pid ?? 0);
let output = "";
for (const stream of [child.stdout, child.stderr])
  stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
let code: number | string | null | undefined;
child.once("exit", (exitCode, killedBy) => (code = killedBy ?? exitCode));

function signalTo(pid: number, name: string): void {
  try {
    process.kill(pid, name);
  } catch {
    // The first signal has already ended the process.
  }
}

let since = Date.now();
let sent = signal === "none";
while (code === undefined) {
  tree.look();
  if (!sent && output.includes(text)) {
    sent = true;
    since = Date.now();
    // "SIGINT-group": Ctrl-C in a terminal reaches the whole group.
    const [name = "", target] = signal.split("-");
    // The second signal must have no effect.
    for (const _ of [1, 2]) signalTo(target === "group" ? -Number(child.pid) : Number(child.pid), name);
  }
  await pause(LOOK_MS);
}
process.stdout.write(`${JSON.stringify({ code, ms: Date.now() - since, left: tree.left(), output })}\n`);
