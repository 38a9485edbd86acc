/** Scripts that a browser loads for a page before any interaction, and their sizes. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

const ASSETS = join("build", "client", "assets");

/** Dynamic imports that no page loads at first: after an error, and once the page is idle. */
const LATER = /^(report-browser-error|load-ahead)-/;
/** Dynamic imports that a page loads once it is hydrated. */
const AFTER_HYDRATION = /^convex-sync-/;

/** Which scripts count: of a guest, of a user until the page is hydrated, or of a user until the page is live. */
export type Extent = "guest" | "hydrated" | "live";

/** Returns whether a dynamic import counts. */
function counts(file: string, extent: Extent): boolean {
  if (extent === "guest" || LATER.test(file)) return false;
  return extent === "live" || !AFTER_HYDRATION.test(file);
}

export type Script = {
  file: string;
  /** Gzipped size, in bytes. */
  size: number;
  source: string;
};

/**
 * Returns the scripts of a page, largest first.
 *
 * @param route - The route's id in React Router's manifest.
 * @returns The scripts with their gzipped sizes in bytes.
 * @throws {Error} when the manifest has no such route.
 */
export async function firstLoad(route: string, extent: Extent): Promise<Script[]> {
  const manifestFile = oneFile(/^manifest-.*\.js$/);
  const manifest = readManifest(manifestFile);
  const page = manifest.routes[route];
  const root = manifest.routes.root;
  if (page === undefined || root === undefined) throw new Error(`no route ${route} in ${manifestFile}`);
  const entries = [manifest.entry.module, root.module, page.module].map((path) => basename(path));
  const files = new Set([manifestFile, ...reachable(await importsOf(entries), entries, extent)]);
  return [...files]
    .map((file) => {
      const source = readFileSync(join(ASSETS, file), "utf8");
      return { file, source, size: gzipSync(source).length };
    })
    .sort((a, b) => b.size - a.size);
}

/** Returns the sizes as a table that shows which scripts exceed the limit. */
export function report(title: string, scripts: Script[], limit: number): string {
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1).padStart(7)} KiB`;
  return [
    `${title}: ${kib(total(scripts)).trim()} of ${kib(limit).trim()}, gzipped`,
    ...scripts.map(({ file, size }) => `${kib(size)}  ${file}`),
  ].join("\n");
}

/** Returns the total gzipped size, in bytes. */
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

/** Returns the imports of each script, parsed by esbuild because the build does not keep Vite's manifest. */
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

function reachable(inputs: Metafile["inputs"], entries: string[], extent: Extent): Set<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path, kind } of inputs[join(ASSETS, file)]?.imports ?? []) {
      const file = basename(path);
      if (kind === "import-statement" || (kind === "dynamic-import" && counts(file, extent))) visit(file);
    }
  };
  entries.forEach(visit);
  return found;
}
