/** Console of functions: lines go to their call, in Convex's form, and to the log of the backend. */
import { inspect } from "node:util";
import { type CallContext, callStorage } from "../execution/call-context.ts";
import { framesOf } from "./stack-frames.ts";

type Level = "DEBUG" | "ERROR" | "INFO" | "LOG" | "WARN";

/** Convex's limits of the lines that a call returns: characters of a line, and lines. */
const MAX_LINE_LENGTH = 32_768;
const MAX_LINES = 256;
const OVERFLOW = `[ERROR] Log overflow (maximum ${MAX_LINES}). Remaining log lines omitted.`;

const INSPECTION = { depth: 5, maxStringLength: MAX_LINE_LENGTH };

const realNow = Date.now.bind(Date);

/** Running timers of each call by their label, in Unix ms. Outside of calls, modules share those of the thread. */
const timersOfCalls = new WeakMap<CallContext, Map<string, number>>();
const timersOfThread = new Map<string, number>();

/**
 * Replaces the methods of the console.
 *
 * @param log - Receives the lines with their level and function.
 */
export function installConsole(log: (line: string) => void): void {
  const write = (level: Level, values: unknown[]): void => writeLine(level, values, log);
  console.debug = (...values: unknown[]) => write("DEBUG", values);
  console.log = (...values: unknown[]) => write("LOG", values);
  console.info = (...values: unknown[]) => write("INFO", values);
  console.warn = (...values: unknown[]) => write("WARN", values);
  console.error = (...values: unknown[]) => write("ERROR", values);
  console.trace = (...values: unknown[]) =>
    write("LOG", [...values, new Raw(`\n${framesOf(new Error()) ?? ""}`)]);
  console.time = (label?: string) => {
    const name = String(label ?? "default");
    if (timers().has(name)) write("WARN", [new Raw(`Timer '${name}' already exists`)]);
    else timers().set(name, realNow());
  };
  const elapsed = (label: string | undefined, more: unknown[]): void => {
    const name = String(label ?? "default");
    const since = timers().get(name);
    if (since === undefined) write("WARN", [new Raw(`Timer '${name}' does not exist`)]);
    else write("INFO", [new Raw(`${name}: ${realNow() - since}ms`), ...more]);
  };
  console.timeLog = (label?: string, ...more: unknown[]) => elapsed(label, more);
  console.timeEnd = (label?: string) => {
    elapsed(label, []);
    timers().delete(String(label ?? "default"));
  };
}

/** Text that is written without quotes, except in Node. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function timers(): Map<string, number> {
  const context = callStorage.getStore();
  if (!context) return timersOfThread;
  const known = timersOfCalls.get(context) ?? new Map<string, number>();
  timersOfCalls.set(context, known);
  return known;
}

function writeLine(level: Level, values: unknown[], log: (line: string) => void): void {
  const context = callStorage.getStore();
  const texts = values.map((value) => {
    if (!(value instanceof Raw)) return inspect(value, INSPECTION);
    return context?.node ? inspect(value.text, INSPECTION) : value.text;
  });
  if (context) addLine(context.logLines, level, texts.join(" "));
  const readable = values.map((value, i) => (typeof value === "string" ? value : texts[i])).join(" ");
  log(`${context ? `[${context.path}] ` : ""}${level.toLowerCase()}: ${readable}`);
}

function addLine(lines: string[], level: Level, text: string): void {
  if (lines.length > MAX_LINES) return;
  if (lines.length === MAX_LINES) lines.push(OVERFLOW);
  else if (text.length <= MAX_LINE_LENGTH) lines.push(`[${level}] ${text}`);
  else lines.push(`[${level}] ${text.slice(0, MAX_LINE_LENGTH)} (truncated due to length)`);
}
