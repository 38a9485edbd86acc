/**
 * Stack frames of functions, mapped to their sources and written as Convex writes them, without frames of the backend.
 */
import { findSourceMap } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type Frame = {
  type: string | null;
  name: string | null;
  method: string | null;
  /** A path such as `../convex/notes.ts`, as in Convex's bundles. */
  file: string | null;
  line: number | null;
  column: number | null;
  native: boolean;
  constructing: boolean;
  async: boolean;
  /** Index in `Promise.all()`, if the frame waits for one. */
  promiseIndex: number | null;
};

/** The last builds, because functions of older ones may still run. */
const MAX_BUILDS = 4;

/** Folders of builds as URLs, with the folder that source paths are relative to. */
const builds = new Map<string, string>();

/** Frames of errors whose stack was read, as text. */
const framesByError = new WeakMap<object, string>();

/**
 * Makes the frames of a build known.
 *
 * @param dir - The folder of the build.
 * @param root - The folder of the project. Convex's bundler writes paths relative to a folder `out` in it.
 */
export function noteBuild(dir: string, root: string): void {
  builds.set(`${pathToFileURL(dir).href}/`, join(root, "out"));
  const [oldest] = builds.keys();
  if (builds.size > MAX_BUILDS && oldest !== undefined) builds.delete(oldest);
}

/** Replaces the stacks of errors in this thread. */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, sites) => {
    const frames = mappedFrames(sites).map(lineOf).join("");
    framesByError.set(error, frames);
    // An error of the backend itself keeps its frames, for the log.
    const shown = frames === "" ? sites.map((site) => `    at ${site}\n`).join("") : frames;
    return nodeStack(error, sites) ?? `${titleOf(error)}\n${shown}`.trimEnd();
  };
}

/** Returns the frames of an error, each on a line that ends with a line break; null if it has no stack. */
export function framesOf(error: object): string | null {
  // Reading the stack formats it, if that has not happened yet.
  Reflect.get(error, "stack");
  return framesByError.get(error) ?? null;
}

/** Returns name and message of an error, whose own code may throw. */
function titleOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return "Error";
  }
}

function mappedFrames(sites: NodeJS.CallSite[]): Frame[] {
  const frames: Frame[] = [];
  for (const site of sites) {
    const frame = mappedFrame(site);
    if (frame === null || (frames.length === 0 && isInternal(frame))) continue;
    frames.push(frame);
  }
  for (let last = frames.at(-1); last && isInternal(last); last = frames.at(-1)) frames.pop();
  return frames;
}

/** Returns the frame at its place in the sources, or null if it is not in a build. */
function mappedFrame(site: NodeJS.CallSite): Frame | null {
  const frame: Frame = {
    type: site.getTypeName(),
    name: site.getFunctionName(),
    method: site.getMethodName(),
    file: site.getFileName() ?? null,
    line: site.getLineNumber(),
    column: site.getColumnNumber(),
    native: site.isNative(),
    constructing: site.isConstructor(),
    async: site.isAsync(),
    promiseIndex: site.isPromiseAll() ? site.getPromiseIndex() : null,
  };
  const { file, line, column } = frame;
  if (file === null || line === null || column === null) return frame;
  const folder = [...builds.keys()].find((dir) => file.startsWith(dir));
  if (folder === undefined) return null;
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (!entry || !("originalSource" in entry)) return null;
  const source = fileURLToPath(entry.originalSource);
  // The module that loads the others has no file.
  if (source.endsWith("<stdin>")) return null;
  // The bundler runs the code of a module in a function that has the name of its file.
  const ofModule = /\.[cm]?[jt]sx?$/.test(frame.name ?? "") && { type: null, name: null, method: null };
  return {
    ...frame,
    ...ofModule,
    file: relative(builds.get(folder) ?? "", source),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

/** Returns whether the frame is in the code around functions, which Convex leaves out at both ends. */
function isInternal({ file }: Frame): boolean {
  return file?.includes("convex/src/server/impl") ?? false;
}

/** Returns the line of a frame. Follows `Display` of `FrameData` in Convex's `crates/common/src/errors.rs`. */
function lineOf(frame: Frame): string {
  const { type, name, method } = frame;
  let text = "    at ";
  if (frame.async) text += "async ";
  if (frame.promiseIndex !== null) text += `Promise.all (index ${frame.promiseIndex})`;
  if (frame.constructing) text += `new ${name ?? "<anonymous>"}`;
  else if (name === null) text += `${type === null ? "" : `${type}.`}${method ?? "<anonymous>"}`;
  else {
    if (type !== null && name.startsWith(type)) text += `${type}.`;
    text += name;
    if (method !== null && name.endsWith(method)) text += ` [as ${method}]`;
  }
  return `${text} (${locationOf(frame)})\n`;
}

function locationOf({ native, file, line, column }: Frame): string {
  if (native) return "native";
  return [file ?? "<anonymous>", line, column].filter((part) => part !== null).join(":");
}

/**
 * Returns the stack that code in Node sees, without source positions, or null if the error was not made by such code.
 * Follows `registerPrepareStackTrace` in Convex's `npm-packages/node-executor/src/errors.ts`.
 */
function nodeStack(error: Error, sites: NodeJS.CallSite[]): string | null {
  const files = sites.map((site) => nodeFile(site.getFileName()));
  if (!files.some((file) => file?.startsWith("convex:"))) return null;
  const lines = sites.map((site, i) => {
    const file = files[i];
    const name = site.getFunctionName() ?? site.getMethodName() ?? "";
    const location = file
      ? `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`
      : "<unknown location>";
    return name === ""
      ? `    at ${location}`
      : `    at${site.isAsync() ? " async" : ""} ${name} (${location})`;
  });
  const message = String(Reflect.get(error, "message") ?? "");
  return `Error${message === "" ? "" : `: ${message}`}\n${lines.join("\n")}`;
}

function nodeFile(file: string | null | undefined): string | null {
  if (!file) return null;
  if (file.startsWith("node:")) return file;
  const folder = [...builds.keys()].find((dir) => file.startsWith(dir));
  const module = folder && /^c\d+\/node\/(.+)\.mjs$/.exec(file.slice(folder.length))?.[1];
  return module ? `convex:/user/${module}.js` : "bundledFunctions.js";
}
