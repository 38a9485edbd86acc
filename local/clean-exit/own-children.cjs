/**
 * Makes a Node process end its child processes before itself, and wait for them. Loaded with `--require` into every
 * Node process that npm or npx starts here (see shell), wrangler's and Vite's included.
 *
 * A process whose parent has ended belongs to process 1. In a container that often waits for nobody, and every orphan
 * stays as a zombie. Wrangler, Vite and vitest kill their children on the way out, and do not wait for them.
 *
 * CommonJS, because `--require` takes any path and costs no start time.
 */
"use strict";

const { subscribe } = require("node:diagnostics_channel");
const { readdirSync, readFileSync } = require("node:fs");
const { basename } = require("node:path");
const { isMainThread } = require("node:worker_threads");

const SIGNALS = /** @type {const} */ ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 });
/** How long children have to end when they are told to, in milliseconds. */
const PATIENCE_MS = 8_000;
/** Vitest's watchdog takes no signal: it ends when it is disconnected, which workers must not be before they have it. */
const DISCONNECT_MS = 1_000;
/** Children that have nothing to put in order. workerd would take its time to end. */
const SERVANTS = /[\\/](workerd|esbuild)$/;
const PARENT_CHECK_MS = 500;

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
let handlesSignals = true;
let listening = false;
/** Worker threads may have children, which only the system knows. */
let hasWorkers = false;
/** Set while the children are being ended: what to do after the last one. @type {(() => void) | undefined} */
let ended;
/** What `process.exit` was called with while the children were being ended. @type {number | undefined} */
let exitCode;

/** @returns The children that have not been waited for, without those of worker threads. */
function living() {
  return [...children].filter(
    ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
  );
}

/** @returns The process ids of all children that have not been waited for; on macOS without those of worker threads. */
function childPids() {
  const known = living().map(({ pid }) => String(pid));
  try {
    const threads = readdirSync("/proc/self/task");
    const lists = threads.map((thread) => readFileSync(`/proc/self/task/${thread}/children`, "utf8"));
    return [...new Set([...known, ...lists.join(" ").split(" ").filter(Boolean)])];
  } catch {
    return known;
  }
}

/** @param {import("node:child_process").ChildProcess} child */
function track(child) {
  children.add(child);
  child.once("exit", () => {
    children.delete(child);
    if (ended !== undefined && living().length === 0) ended();
    listenIfNeeded();
  });
  if (ended !== undefined) process.nextTick(() => child.kill("SIGKILL"));
  listenIfNeeded();
}

/** Without a handler, a signal ends the process at once; that stays so while it has no children. */
function listenIfNeeded() {
  const needed = handlesSignals && (hasWorkers || children.size > 0);
  if (needed === listening) return;
  listening = needed;
  for (const signal of Object.keys(SIGNALS)) process[needed ? "on" : "off"](signal, onSignal);
}

/** Present only so that a signal does not end the process at once: takeSignal comes before every handler. */
function onSignal() {}

/**
 * Ends the children before the process hears of the signal: its own handlers would exit without waiting for them, and
 * a second signal could end the shell that waits instead.
 *
 * @param {keyof typeof SIGNALS} signal
 */
function takeSignal(signal) {
  if (ended !== undefined) return;
  const disconnect = setTimeout(() => {
    for (const child of living()) if (child.connected) child.disconnect();
  }, DISCONNECT_MS);
  const kill = setTimeout(() => {
    for (const child of living()) child.kill("SIGKILL");
  }, PATIENCE_MS);
  ended = () => {
    clearTimeout(disconnect);
    clearTimeout(kill);
    ended = undefined;
    handlesSignals = false;
    listenIfNeeded();
    if (exitCode !== undefined) exitAfterChildren(exitCode);
    // At once: wrangler would start another workerd in place of the one that has ended.
    if (process.listenerCount(signal) > 0) process.emit(signal, signal, SIGNALS[signal]);
    else if (childPids().length > 0) process.exit(128 + SIGNALS[signal]);
    else process.kill(process.pid, signal);
  };
  const left = living();
  if (left.length === 0) ended();
  for (const child of left) child.kill(SERVANTS.test(child.spawnfile) ? "SIGKILL" : "SIGTERM");
}

/**
 * Exits at once where there is no child. Otherwise a shell takes this process's place, because JavaScript cannot wait
 * here: it tells the children to end, waits for them as their new parent, and exits with the same code.
 *
 * @param {number} code
 */
function exitAfterChildren(code) {
  if (ended !== undefined) {
    exitCode = code;
    return;
  }
  const pids = childPids();
  if (pids.length > 0 && process.execve !== undefined) {
    process.execve("/bin/sh", ["sh", "-c", WAIT, "wait", String(Number(code) || 0), ...pids], process.env);
  }
  reallyExit.call(process, code);
}

const reallyExit = /** @type {any} */ (process).reallyExit;

/** Any command that the shell waits for makes it wait for the other children that have ended, too. */
const WAIT = `
  trap '' HUP INT TERM
  code=$1; shift
  for signal in TERM KILL; do
    kill -$signal "$@" 2>/dev/null
    turns=0
    while [ $turns -lt 160 ]; do
      left=
      for pid in "$@"; do kill -0 $pid 2>/dev/null && left="$left $pid"; done
      [ "$left" ] || exit $code
      sleep 0.05
      turns=$((turns + 1))
    done
  done
  exit $code`;

/** A process that ends because it has nothing left to do, with children that do not keep it. */
function onBeforeExit() {
  if (childPids().length === 0) return;
  // One more turn, for what other handlers of this event have begun.
  if (idle) process.exit();
  idle = true;
  setImmediate(() => undefined);
}
let idle = false;

/** A parent that was killed cannot end its children: they end themselves. */
function endWithParent() {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
  check.unref();
}

/** Node processes that this one starts get the same. */
function passOn() {
  const options = process.env.NODE_OPTIONS ?? "";
  if (options.includes(basename(__filename))) return;
  process.env.NODE_OPTIONS = `${options} --require ${JSON.stringify(__filename)}`.trim();
}

if (isMainThread && process.platform !== "win32") {
  passOn();
  subscribe("child_process", (message) => track(/** @type {any} */ (message).process));
  /** @type {any} */ (process).reallyExit = exitAfterChildren;
  const emit = process.emit;
  /** @type {any} */ (process).emit = function (name, ...values) {
    if (!listening || !Object.hasOwn(SIGNALS, name)) return emit.call(this, name, ...values);
    takeSignal(name);
    return true;
  };
  process.on("beforeExit", onBeforeExit);
  process.once("worker", () => {
    hasWorkers = true;
    listenIfNeeded();
  });
  endWithParent();
}

module.exports = {
  /** For a process that ends its children itself when a signal comes, in its own order and time. */
  handleSignalsMyself() {
    handlesSignals = false;
    listenIfNeeded();
  },
};
