/**
 * Builds that several starts share, in the folder that `CONVEX_LOCAL_BUILDS` names. A build is used only while every
 * file that it was made from has the same content.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { version } from "esbuild";
import { type Bundle, bundle, type ComponentBuild } from "./bundle.ts";

/** What is known about the latest build of a folder of functions. */
type Known = { inputs: string[]; components: ComponentBuild[]; sources: string[] };

/** The clock of a file system may be behind that of the process, in ms. */
const CLOCK_MS = 100;

/** Files that change how an import is resolved or compiled. */
const SETTINGS = ["package.json", "tsconfig.json"];

const keep = async (): Promise<void> => {};

/**
 * Bundles a folder of functions, or returns an earlier build of the same sources. The build must not be loaded twice
 * in one thread: its modules would not run again.
 *
 * @param functionsDir - Absolute path of the folder.
 * @param buildsDir - Absolute path of the folder for builds that are not shared.
 * @throws {BundleError} when the sources cannot be bundled.
 */
export async function sharedBundle(functionsDir: string, buildsDir?: string): Promise<Bundle> {
  const { CONVEX_LOCAL_BUILDS: cacheDir } = process.env;
  if (!cacheDir) return bundle(functionsDir, buildsDir);
  const startedAt = Date.now();
  return (await find(cacheDir, functionsDir)) ?? (await make(cacheDir, functionsDir, startedAt));
}

async function find(cacheDir: string, functionsDir: string): Promise<Bundle | null> {
  try {
    const known: Known = JSON.parse(await readFile(knownFile(cacheDir, functionsDir), "utf8"));
    const dir = join(cacheDir, await contentOf(functionsDir, known.inputs));
    await stat(dir);
    return {
      ...known,
      build: { dir, root: dirname(functionsDir), components: known.components },
      remove: keep,
    };
  } catch {
    return null; // Not built yet, or a source has been changed or deleted.
  }
}

async function make(cacheDir: string, functionsDir: string, startedAt: number): Promise<Bundle> {
  const made = await bundle(functionsDir, cacheDir);
  const { inputs, sources, build } = made;
  // The variables of a component may come from this process.
  if (build.components.some(({ env }) => env !== null && Object.keys(env).length > 0)) return made;
  const content = await contentOf(functionsDir, inputs);
  // A file that changed in the meantime may have been bundled with its earlier content.
  for (const file of inputs) if ((await stat(file)).ctimeMs > startedAt - CLOCK_MS) return made;
  const dir = join(cacheDir, content);
  try {
    await rename(build.dir, dir);
  } catch {
    return made; // Another process was faster.
  }
  const known: Known = { inputs, components: build.components, sources };
  const written = `${build.dir}.json`;
  await writeFile(written, JSON.stringify(known));
  await rename(written, knownFile(cacheDir, functionsDir));
  return { ...made, build: { ...build, dir }, remove: keep };
}

/** Builds contain paths relative to the working directory. */
function knownFile(cacheDir: string, functionsDir: string): string {
  return join(cacheDir, `${sha256([process.cwd(), functionsDir])}.json`);
}

/** Returns the SHA-256 of everything that a build depends on. */
async function contentOf(functionsDir: string, inputs: string[]): Promise<string> {
  const parts = [
    version,
    process.cwd(),
    functionsDir,
    await readFile(new URL("./bundle.ts", import.meta.url)),
  ];
  parts.push(...(await readdir(functionsDir, { recursive: true })).sort());
  for (const file of inputs) parts.push(file, await readFile(file));
  const folders = new Set(inputs.map((file) => dirname(file)));
  // A new file may take the place of another one in an import.
  for (const folder of folders) parts.push(folder, ...(await readdir(folder)).sort());
  for (const folder of folders) if (dirname(folder) !== folder) folders.add(dirname(folder));
  for (const folder of folders)
    for (const name of SETTINGS) {
      const file = join(folder, name);
      parts.push(file, await readFile(file).catch(() => "none"));
    }
  return sha256(parts);
}

function sha256(parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}\0`).update(part);
  return hash.digest("hex");
}
