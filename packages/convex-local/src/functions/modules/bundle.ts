/**
 * Bundles folders of functions into ES modules, as Convex's bundler does: with dependencies, with the conditions `convex`
 * and `module`, files that begin with "use node" for Node and all others for the isolate.
 */
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildFailure, type BuildOptions, build, formatMessages } from "esbuild";
import { type ComponentSource, findComponents, inputsOf } from "./component-tree.ts";
import { fingerprintOf } from "./fingerprint.ts";

/**
 * A module for Node has its own file. All others share one, whose default export has a function for each module, which
 * loads it.
 */
export type ModuleBuild = { name: string; file: string; node: boolean };

export type ComponentBuild = {
  /** "" for the app, otherwise the names of the parent components and this one, joined by "/". */
  path: string;
  modules: ModuleBuild[];
  schema: ModuleBuild | null;
  authConfig: ModuleBuild | null;
  /** Environment variables that the component was installed with; null for the app. */
  env: Record<string, string> | null;
  /** Prefix of the component's HTTP routes, if it has any. */
  httpPrefix: string | null;
};

/** Everything a worker needs to load one version of the functions. */
export type Build = {
  dir: string;
  /** The folder of the project, which contains the folder of the functions. */
  root: string;
  components: ComponentBuild[];
};

export type Bundle = {
  build: Build;
  /** Absolute paths of the source files, without packages. */
  sources: string[];
  /** Absolute paths of all files that were read, packages included, sorted. */
  inputs: string[];
  /** Deletes the modules. */
  remove(): Promise<void>;
};

const NODE_HINT = 'A file whose actions need Node must begin with "use node".';

/** The sources cannot be bundled. The message contains file and line. */
export class BundleError extends Error {
  override name = "BundleError";
}

/**
 * Bundles a folder of functions and its components.
 *
 * @param functionsDir - Absolute path of the folder.
 * @param buildsDir - Absolute path of the folder in which each build gets its own folder, named after this process.
 * @throws {BundleError} when the sources cannot be bundled.
 */
export async function bundle(functionsDir: string, buildsDir: string = tmpdir()): Promise<Bundle> {
  await mkdir(buildsDir, { recursive: true });
  const dir = await mkdtemp(join(buildsDir, `${process.pid}-`));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const components: ComponentBuild[] = [];
    const inputs = new Set<string>();
    for (const source of await findComponents(functionsDir, inputs)) {
      components.push(await bundleComponent(source, dir, components.length, inputs));
    }
    const sources = [...inputs].filter((file) => !file.includes("node_modules"));
    const made = { dir, root: dirname(functionsDir), components };
    return { build: made, sources, inputs: [...inputs].sort(), remove };
  } catch (error) {
    await remove();
    throw await toBundleError(error);
  }
}

/** Deletes the builds of processes that no longer run. */
export async function sweepBuilds(buildsDir: string): Promise<void> {
  const names = await readdir(buildsDir).catch(() => []);
  for (const name of names) {
    if (!isRunning(Number.parseInt(name, 10)))
      await rm(join(buildsDir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function bundleComponent(
  source: ComponentSource,
  dir: string,
  number: number,
  inputs: Set<string>,
): Promise<ComponentBuild> {
  const prefix = `c${number}`;
  const { files } = source;
  // A deployment has the fingerprint of its functions as a variable; here it is computed from the sources.
  const define = { "process.env.FUNCTIONS_FINGERPRINT": JSON.stringify(await fingerprintOf(files)) };
  const modules: ModuleBuild[] = [];
  const isolate: Record<string, string> = {};
  const node: Record<string, string> = {};
  const forIsolate = (name: string, source: string): ModuleBuild => {
    isolate[name] = source;
    return { name, file: `${prefix}/isolate.mjs`, node: false };
  };
  for (const { name, file } of files.modules) {
    if (isNodeModule(await readFile(file, "utf8"))) {
      node[name] = file;
      modules.push({ name, file: `${prefix}/node/${name}.mjs`, node: true });
    } else modules.push(forIsolate(name, file));
  }
  const schema = files.schema ? forIsolate("schema", files.schema) : null;
  const authConfig = files.authConfig ? forIsolate("auth.config", files.authConfig) : null;
  // One file, because loading hundreds of small ones takes five times as long.
  const stdin = { contents: loadersOf(isolate), resolveDir: dir };
  await run(
    isolate,
    { stdin, outfile: join(dir, prefix, "isolate.mjs"), platform: "browser", define },
    inputs,
  );
  await run(
    node,
    {
      entryPoints: node,
      splitting: true,
      outdir: join(dir, prefix, "node"),
      // The names that Convex gives them, which are visible in stacks.
      chunkNames: "_deps/node/[hash]",
      platform: "node",
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    },
    inputs,
  );
  return {
    path: source.path,
    modules,
    schema,
    authConfig,
    env: source.env,
    httpPrefix: source.httpPrefix,
  };
}

/** Returns the source of a module whose default export has a function for each module, which loads it. */
function loadersOf(files: Record<string, string>): string {
  const loaders = Object.entries(files).map(
    ([name, file]) => `${JSON.stringify(name)}: () => import(${JSON.stringify(file)})`,
  );
  return `export default {\n${loaders.join(",\n")}\n};`;
}

async function run(files: Record<string, string>, options: BuildOptions, inputs: Set<string>): Promise<void> {
  if (Object.keys(files).length === 0) return;
  const result = await build({
    ...options,
    bundle: true,
    // ES modules regardless of the package.json above the folder.
    outExtension: { ".js": ".mjs" },
    format: "esm",
    target: "esnext",
    jsx: "automatic",
    conditions: ["convex", "module"],
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    write: true,
    logLevel: "silent",
    absWorkingDir: process.cwd(),
    define: { "process.env.NODE_ENV": '"production"', ...options.define },
  });
  for (const input of inputsOf(result)) if (!input.endsWith("<stdin>")) inputs.add(input);
}

function isBuildFailure(error: Error): error is BuildFailure {
  return "errors" in error && Array.isArray(error.errors);
}

function isNodeModule(text: string): boolean {
  return /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use node["']/.test(text);
}

async function toBundleError(error: unknown): Promise<Error> {
  if (!(error instanceof Error)) return new BundleError(String(error));
  if (!isBuildFailure(error)) return error;
  const lines = await formatMessages(error.errors, { kind: "error", color: false });
  const text = lines.map((line) => line.trim()).join("\n");
  const node = text.includes("built into node");
  return new BundleError(node ? `${text}\n${NODE_HINT}` : text);
}
