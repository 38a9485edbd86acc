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

/** Modules of the first page for signed-out users. Code that only signed-in users need is kept out of it. */
const FOR_GUESTS = /[\\/]app[\\/](root|entry\.client|routes[\\/](home|login))\.tsx?($|\?)/;

type Graph = { getModuleInfo(id: string): { importers: string[] } | null };

/** Returns whether the first page for signed-out users needs this module. */
function isForGuests(id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (FOR_GUESTS.test(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return graph.getModuleInfo(id)?.importers.some((importer) => isForGuests(importer, graph, seen)) ?? false;
}

/**
 * Chunks. A page loads few files, because small ones compress badly; the framework's file keeps its name
 * between releases. Code that several pages share is in one file for all users and one more for signed-in
 * users (tests/build/weight.test.ts enforces the limits).
 */
const chunks = [
  {
    name: "framework",
    test: /node_modules[\\/](react|react-dom|react-router|scheduler|cookie)[\\/]|^\0vite\/preload-helper/,
  },
  {
    name: (id: string, graph: Graph) => (isForGuests(id, graph) ? "app" : "signed-in"),
    test: /[\\/]app[\\/](?!routes)/,
    minShareCount: 2,
  },
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
