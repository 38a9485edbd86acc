/**
 * Vite configuration of the build and the development server. `npm run dev` sets MOSAIC_DATA_DIR to the
 * copy's data folder.
 */
import { join } from "node:path";
import { cloudflare } from "@cloudflare/vite-plugin";
import { reactRouter } from "@react-router/dev/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import type { VariableName } from "./app/request/variables.ts";

const dataDir = process.env.MOSAIC_DATA_DIR;

// The plugin reads the worker's variables from the `.dev.vars` next to this path, which is in the copy's data
// folder. The path is used for nothing else.
const running = dataDir && {
  config: { userConfigPath: join(dataDir, "wrangler.toml") },
  persistState: { path: join(dataDir, "worker") },
  inspectorPort: false as const,
};

// The build runs the worker once to prerender `/about`, and the worker needs a configuration to respond. The
// page shows none of these values, and the deployed worker has its own.
const PRERENDERING = {
  APP_URL: "http://localhost",
  CONVEX_URL: "http://localhost",
  CONVEX_EDGE_SECRET: "only-for-prerendering-at-build-time",
  WORKOS_API_KEY: "sk_only_for_prerendering",
  WORKOS_CLIENT_ID: "client_only_for_prerendering",
  WORKOS_COOKIE_PASSWORD: "only-for-prerendering-at-build-time",
} satisfies Partial<Record<VariableName, string>>;
for (const [name, value] of Object.entries(PRERENDERING)) if (!running) process.env[name] ??= value;

type Graph = { getModuleInfo(id: string): { importers: string[] } | null };

/** Returns the files that the browser loads by themselves and that need this module: routes and dynamic imports. */
function entriesOf(id: string, graph: Graph, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const { importers = [] } = graph.getModuleInfo(id) ?? {};
  return importers.length === 0 ? [id] : importers.flatMap((importer) => entriesOf(importer, graph, seen));
}

/** Entries of every page, of the first pages of guests, of every page of users, and of their lists. */
const EVERY_PAGE = /[\\/]app[\\/](root|entry\.client)\.tsx/;
const GUESTS = /[\\/]app[\\/]routes[\\/](home|login)\.tsx/;
const USERS = /[\\/]app[\\/]data[\\/](convex-provider|connection|formats)\.tsx?/;
const LISTS = [
  /[\\/]app[\\/]routes[\\/]dashboard\.tsx/,
  /[\\/]app[\\/]projects[\\/]signed-in-home\.tsx/, // agents:line
];
const PROJECT = /[\\/]app[\\/]routes[\\/]project\.tsx/; // agents:line

/**
 * Returns a group of the modules whose entries pass the test. Not of the client's entry itself, which must run after
 * the modules of the page.
 */
const shared = (name: string, test: (entries: string[]) => boolean) => ({
  name: (id: string, graph: Graph) => (test(entriesOf(id, graph)) ? name : null),
  test: /[\\/](app|convex[\\/]model)[\\/](?!routes|entry)/,
});

const isOf = (entry: string, patterns: RegExp[]) => patterns.some((pattern) => pattern.test(entry));
const some = (entries: string[], ...patterns: RegExp[]) => entries.some((entry) => isOf(entry, patterns));
const all = (entries: string[], ...patterns: RegExp[]) => entries.every((entry) => isOf(entry, patterns));

/**
 * Chunks. A page loads few files, because small ones compress badly; the framework's file keeps its name
 * between releases. Code that several pages share is in one file for everyone, one more for signed-in users, one
 * for their lists and one for the other pages. tests/build/weight.test.ts enforces the limits.
 * A project's page has one too. // agents:line
 */
const chunks = [
  {
    name: "framework",
    test: /node_modules[\\/](react|react-dom|react-router|scheduler|cookie)[\\/]|^\0vite\/preload-helper/,
  },
  shared("app", (from) => some(from, EVERY_PAGE) || (from.length > 1 && some(from, GUESTS))),
  shared("signed-in", (from) => some(from, USERS) || (some(from, ...LISTS) && !all(from, ...LISTS))),
  shared("lists", (from) => all(from, ...LISTS)),
  shared("project-parts", (from) => from.length > 1 && some(from, PROJECT)), // agents:line
  shared("pages", (from) => from.length > 1),
];

/** The oldest browsers that Mosaic supports; the same as in `tests/browser-floor.ts`. */
const OLDEST_BROWSERS = ["chrome119", "edge119", "firefox121", "safari17.1"];

export default defineConfig({
  plugins: [cloudflare({ viteEnvironment: { name: "ssr" }, ...running }), reactRouter(), tailwindcss()],
  environments: {
    client: {
      // Scanned at startup: otherwise the first visit of a page would discover new dependencies and reload.
      optimizeDeps: { entries: ["app/**/*.{ts,tsx}", "!app/**/*.{server,test}.{ts,tsx}"] },
      build: {
        target: OLDEST_BROWSERS,
        rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
      },
    },
    ssr: { build: { minify: true } },
  },
  ...(dataDir && { cacheDir: join(dataDir, "vite") }),
  // By default Vite allows cross-origin requests from every page on this machine.
  server: { cors: false, watch: { ignored: ["**/build/**", "**/.local/**"] } },
});
