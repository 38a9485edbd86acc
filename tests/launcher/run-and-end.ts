/**
 * Child process of unreaped.ts: runs a command, prints `ready` when it has printed a text, sends it each signal
 * twice when the standard input ends, and prints the remaining processes as JSON. Arguments: the signals or "none",
 * the text to wait for, the command and its arguments.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { ProcessTree } from "./process-tree.ts";

const LOOK_MS = 50;
const [signals = "", text = "", command = "", ...args] = process.argv.slice(2);

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

let mayEnd = false;
process.stdin.resume().once("end", () => (mayEnd = true));
let since = Date.now();
let isReady = signals === "none";
let sent = isReady;
while (code === undefined) {
  tree.look();
  if (!isReady && output.includes(text)) {
    isReady = true;
    process.stdout.write("ready\n");
  }
  if (isReady && mayEnd && !sent) {
    sent = true;
    since = Date.now();
    // "SIGINT-group": Ctrl-C in a terminal reaches the whole group.
    const [names = "", target] = signals.split("-");
    const pid = target === "group" ? -Number(child.pid) : Number(child.pid);
    // Only the first signal must have an effect.
    for (const name of names.split("+")) for (const _ of [1, 2]) signalTo(pid, name);
  }
  await pause(LOOK_MS);
}
process.stdout.write(`${JSON.stringify({ code, ms: Date.now() - since, left: tree.left(), output })}\n`);
