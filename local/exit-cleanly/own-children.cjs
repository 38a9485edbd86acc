/**
 * Makes a Node process end its child processes and wait for them before it exits. Loaded with `--require`
 * into every Node process that npm or npx starts here (see shell), including wrangler and Vite.
 *
 * An orphaned process is adopted by process 1. In a container that process often does not wait for its
 * children, so each orphan stays as a zombie. Wrangler, Vite and vitest kill their children on exit, but do
 * not wait for them.
 *
 * This is CommonJS because `--require` takes any path and costs no startup time.
 */
"use strict";

const { subscribe } = require("node:diagnostics_channel");
const { readdirSync, readFileSync } = require("node:fs");
const { basename } = require("node:path");
const { isMainThread } = require("node:worker_threads");

const SIGNALS = /** @type {const} */ ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 });
/** How long children may take to exit after SIGTERM, in milliseconds. */
const KILL_AFTER_MS = 8_000;
/**
 * When to disconnect children, in milliseconds. Vitest's watchdog ignores signals and exits on disconnect;
 * its workers must get their signal first.
 */
const DISCONNECT_MS = 1_000;
/** Children that need no cleanup and are killed at once; workerd would exit slowly. */
const KILL_AT_ONCE = /[\\/](workerd|esbuild)$/;
const PARENT_CHECK_MS = 500;

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
let handlesSignals = true;
let listening = false;
/** Worker threads may have children that only the operating system knows. */
let hasWorkers = false;
/**
 * Set while the children are ending: runs after the last one.
 *
 * @type {(() => void) | undefined}
 */
let ended;
/**
 * The argument of a `process.exit` call made while the children were ending.
 *
 * @type {number | undefined}
 */
let exitCode;

/** Returns the children that are still running, without those of worker threads. */
function living() {
  return [...children].filter(
    ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
  );
}

/**
 * Returns the process ids of all children that were not waited for; on macOS without those of worker threads.
 */
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

/** Adds signal handlers while there are children. Without a handler, a signal ends the process at once. */
function listenIfNeeded() {
  const needed = handlesSignals && (hasWorkers || children.size > 0);
  if (needed === listening) return;
  listening = needed;
  for (const signal of Object.keys(SIGNALS)) process[needed ? "on" : "off"](signal, onSignal);
}

/** Keeps a signal from ending the process at once. takeSignal runs before all handlers. */
function onSignal() {}

/**
 * Ends the children before the process handles the signal: its own handlers would exit without waiting, and a
 * second signal could end the waiting shell instead.
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
  }, KILL_AFTER_MS);
  ended = () => {
    clearTimeout(disconnect);
    clearTimeout(kill);
    ended = undefined;
    handlesSignals = false;
    listenIfNeeded();
    if (exitCode !== undefined) exitAfterChildren(exitCode);
    // Immediately: otherwise wrangler replaces the workerd that has exited.
    if (process.listenerCount(signal) > 0) process.emit(signal, signal, SIGNALS[signal]);
    else if (childPids().length > 0) process.exit(128 + SIGNALS[signal]);
    else process.kill(process.pid, signal);
  };
  const left = living();
  if (left.length === 0) ended();
  for (const child of left) child.kill(KILL_AT_ONCE.test(child.spawnfile) ? "SIGKILL" : "SIGTERM");
}

/**
 * Exits immediately if there are no children. Otherwise replaces this process with a shell, because
 * JavaScript cannot wait here. The shell ends the children, waits for them as their new parent, and exits
 * with the same code.
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

/**
 * Shell script that ends and waits for the children. Whenever the shell waits for a command, it also reaps
 * other children that have exited.
 */
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

/** Handles a process that has nothing left to do but has children that do not keep it alive. */
function onBeforeExit() {
  if (childPids().length === 0) return;
  // Waits one more turn for work that other handlers of this event started.
  if (idle) process.exit();
  idle = true;
  setImmediate(() => undefined);
}
let idle = false;

/** Ends this process after its parent has exited: a killed parent cannot end its children. */
function endWithParent() {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
  check.unref();
}

/** Loads this file into the Node processes that this one starts. */
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
  /** For a process that handles signals and ends its children itself. */
  handleSignalsMyself() {
    handlesSignals = false;
    listenIfNeeded();
  },
};
