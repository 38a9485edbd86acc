/** Which scripts a browser fetches for a page before anything is clicked, and what they weigh. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

const ASSETS = join("build", "client", "assets");

export type Script = {
  file: string;
  /** Gzipped, in bytes. */
  size: number;
  source: string;
};

/**
 * The scripts of a page, heaviest first.
 *
 * @param route The route's id, as React Router's manifest has it.
 * @param lazy Counts what these scripts import when they run as well, as they do where somebody is signed in.
 */
export async function firstLoad(route: string, lazy: boolean): Promise<Script[]> {
  const manifestFile = oneFile(/^manifest-.*\.js$/);
  const manifest = readManifest(manifestFile);
  const page = manifest.routes[route];
  const root = manifest.routes.root;
  if (page === undefined || root === undefined) throw new Error(`no route ${route} in ${manifestFile}`);
  const entries = [manifest.entry.module, root.module, page.module].map((path) => basename(path));
  const files = new Set([manifestFile, ...reachable(await importsOf(entries), entries, lazy)]);
  return [...files]
    .map((file) => {
      const source = readFileSync(join(ASSETS, file), "utf8");
      return { file, source, size: gzipSync(source).length };
    })
    .sort((a, b) => b.size - a.size);
}

/** Sizes as a table, for the person who has to find out which script broke the limit. */
export function report(title: string, scripts: Script[], limit: number): string {
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1).padStart(7)} KiB`;
  return [
    `${title}: ${kib(total(scripts)).trim()} of ${kib(limit).trim()}, gzipped`,
    ...scripts.map(({ file, size }) => `${kib(size)}  ${file}`),
  ].join("\n");
}

/** In bytes, gzipped. */
export function total(scripts: Script[]): number {
  return scripts.reduce((sum, { size }) => sum + size, 0);
}

type Manifest = { entry: { module: string }; routes: Record<string, { module: string } | undefined> };

function readManifest(file: string): Manifest {
  const source = readFileSync(join(ASSETS, file), "utf8");
  return JSON.parse(source.slice(source.indexOf("{"), source.lastIndexOf("}") + 1)) as Manifest;
}

function oneFile(pattern: RegExp): string {
  const found = readdirSync(ASSETS).filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`${found.length} files like ${pattern} in ${ASSETS}`);
  return String(found[0]);
}

/** What imports what, read by a bundler's parser: Vite's own manifest is gone after the build. */
async function importsOf(entries: string[]): Promise<Metafile["inputs"]> {
  const { metafile } = await build({
    entryPoints: entries.map((file) => join(ASSETS, file)),
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "unused",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  return metafile.inputs;
}

function reachable(inputs: Metafile["inputs"], entries: string[], lazy: boolean): Set<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path, kind } of inputs[join(ASSETS, file)]?.imports ?? []) {
      if (kind === "import-statement" || (lazy && kind === "dynamic-import")) visit(basename(path));
    }
  };
  entries.forEach(visit);
  return found;
}
