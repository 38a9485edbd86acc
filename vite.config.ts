/** How the app is built, and served with hot reload; `npm run dev` says through MOSAIC_DATA_DIR where a copy's data is. */
import { join } from "node:path";
import { cloudflare } from "@cloudflare/vite-plugin";
import { reactRouter } from "@react-router/dev/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const dataDir = process.env.MOSAIC_DATA_DIR;

// The worker's variables stand in a `.dev.vars` beside the configuration's file, so a copy that runs with hot
// reload says that the file is in its own data folder. (Only that neighbour is looked up by this path.)
const running = dataDir && {
  config: { userConfigPath: join(dataDir, "wrangler.toml") },
  persistState: { path: join(dataDir, "worker") },
  inspectorPort: false as const,
};

// The build runs the worker once, to prerender `/about`, and a worker without a configuration answers nothing. That
// page shows none of this, and the deployed worker has its own.
const PRERENDERING = {
  APP_URL: "http://localhost",
  CONVEX_URL: "http://localhost",
  CONVEX_EDGE_SECRET: "only-for-prerendering-at-build-time",
  WORKOS_API_KEY: "sk_only_for_prerendering",
  WORKOS_CLIENT_ID: "client_only_for_prerendering",
  WORKOS_COOKIE_PASSWORD: "only-for-prerendering-at-build-time",
};
for (const [name, value] of Object.entries(PRERENDERING)) if (!running) process.env[name] ??= value;

/** What a guest's first page is made of; what only somebody signed in sees is kept out of it. */
const FOR_GUESTS = /[\\/]app[\\/](root|entry\.client|routes[\\/](home|login))\.tsx?($|\?)/;

type Graph = { getModuleInfo(id: string): { importers: string[] } | null };

/** Whether a guest's first page cannot do without this module. */
function isForGuests(id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (FOR_GUESTS.test(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return graph.getModuleInfo(id)?.importers.some((importer) => isForGuests(importer, graph, seen)) ?? false;
}

/**
 * A page loads few files: small ones compress badly, and the framework's keeps its name from one release to the next.
 * What several pages share is one file for everyone and one more for the signed-in
 * (tests/build/weight.test.ts holds the limits).
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

/** The oldest browsers that Mosaic supports; `tests/browser-floor.ts` has them too. */
const OLDEST_BROWSERS = ["chrome119", "edge119", "firefox121", "safari17.1"];

export default defineConfig({
  plugins: [cloudflare({ viteEnvironment: { name: "ssr" }, ...running }), reactRouter(), tailwindcss()],
  environments: {
    client: {
      // Found at the start, or the first visit of a page would find them, and reload it.
      optimizeDeps: { entries: ["app/**/*.{ts,tsx}", "!app/**/*.{server,test}.{ts,tsx}"] },
      build: {
        target: OLDEST_BROWSERS,
        rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
      },
    },
    ssr: { build: { minify: true } },
  },
  ...(dataDir && { cacheDir: join(dataDir, "vite") }),
  // Vite would otherwise answer CORS to every page on this machine.
  server: { cors: false, watch: { ignored: ["**/build/**", "**/.local/**"] } },
});
