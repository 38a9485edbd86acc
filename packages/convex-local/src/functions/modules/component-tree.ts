/**
 * Finds the components of an app, as Convex's bundler does: it replaces each import of another `convex.config` file in
 * `convex.config.ts` with the folder of that component, runs the file, and reads the names from the result.
 */
import { dirname, resolve } from "node:path";
import { type BuildResult, build, type Plugin } from "esbuild";
import { findSourceFiles, type SourceFiles } from "./source-files.ts";

export type ComponentSource = {
  path: string;
  files: SourceFiles;
  env: Record<string, string> | null;
  httpPrefix: string | null;
};

type EnvArgument = { type: "value"; value: string } | { type: "envVar"; name: string };
type Analysis = {
  name?: string;
  childComponents: { name: string; path: string; env: [string, EnvArgument][] | null }[];
  httpMounts?: Record<string, string>;
};

const CONFIG_FILE = /[\\/]convex\.config\.(?:ts|js|mts|mjs)$/;

/**
 * Returns the app and all its components, parents before children.
 *
 * @param functionsDir - Absolute path of the app's folder.
 * @param inputs - Receives the absolute paths of all files that were read.
 */
export async function findComponents(functionsDir: string, inputs: Set<string>): Promise<ComponentSource[]> {
  const found: ComponentSource[] = [];
  await collect(functionsDir, "", null, null, found, inputs);
  return found;
}

/** Returns the absolute paths of the files that esbuild read for this result. */
export function inputsOf({ metafile }: BuildResult): string[] {
  // A path may have a namespace in front.
  return Object.keys(metafile?.inputs ?? {}).map((input) => resolve(input.replace(/^\(?[a-z]{2,}\)?:/, "")));
}

async function collect(
  dir: string,
  path: string,
  env: Record<string, string> | null,
  httpPrefix: string | null,
  found: ComponentSource[],
  inputs: Set<string>,
): Promise<void> {
  const files = await findSourceFiles(dir);
  found.push({ path, files, env, httpPrefix });
  if (files.config === null) return;
  const { childComponents, httpMounts } = await analyze(files.config, inputs);
  for (const child of childComponents) {
    const mount = Object.entries(httpMounts ?? {}).find(
      ([, reference]) => reference === `_reference/childComponent/${child.name}`,
    );
    await collect(
      child.path,
      path === "" ? child.name : `${path}/${child.name}`,
      environmentOf(child.env, env),
      mount?.[0] ?? null,
      found,
      inputs,
    );
  }
}

/** Returns the variables that the parent passes. A reference is a variable of the parent. */
function environmentOf(
  passed: [string, EnvArgument][] | null,
  parent: Record<string, string> | null,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, argument] of passed ?? []) {
    const value = argument.type === "value" ? argument.value : (parent ?? process.env)[argument.name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

async function analyze(config: string, inputs: Set<string>): Promise<Analysis> {
  const result = await build({
    entryPoints: [config],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["convex", "module"],
    logLevel: "silent",
    metafile: true,
    plugins: [componentImports(config, inputs)],
  });
  for (const input of inputsOf(result)) inputs.add(input);
  const code = result.outputFiles[0]?.text ?? "";
  const module: { default?: { export?: () => Analysis } } = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
  );
  if (typeof module.default?.export !== "function") {
    throw new Error(`${config} must have defineApp() or defineComponent() as its default export.`);
  }
  return module.default.export();
}

/** Replaces imports of another component's configuration with its folder and default name. */
function componentImports(entry: string, inputs: Set<string>): Plugin {
  return {
    name: "component-imports",
    setup(builder) {
      builder.onResolve({ filter: /convex\.config/ }, async ({ path, pluginData, ...where }) => {
        if (where.kind === "entry-point" || pluginData === "resolving") return undefined;
        const { path: file, errors } = await builder.resolve(path, { ...where, pluginData: "resolving" });
        if (errors.length > 0) return { errors };
        return CONFIG_FILE.test(file) && file !== entry ? { path: file, namespace: "component" } : undefined;
      });
      builder.onLoad({ filter: /.*/, namespace: "component" }, async ({ path }) => {
        const name = await definedName(path, inputs);
        const definition = { componentDefinitionPath: dirname(path), defaultName: name };
        return { contents: `export default ${JSON.stringify(definition)};`, loader: "js" };
      });
    },
  };
}

async function definedName(config: string, inputs: Set<string>): Promise<string | undefined> {
  return (await analyze(config, inputs)).name;
}
