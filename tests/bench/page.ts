/**
 * What a page costs the worker: CPU per request of a signed-in `/dashboard` with 50 projects, beside the same page as
 * React Router's template serves it, and a worker that only opens the seal, verifies the token and writes as many
 * bytes. All run at once and take turns in shuffled windows: one server after the other differs by up to two on the
 * same code.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { localDefaults } from "../../local/config.ts";
import { startConvex } from "../../local/convex/server.ts";
import { signIn } from "../../local/demo/sign-in.ts";
import { ensureBuild } from "../../local/launch/build.ts";
import { startWorkos } from "../../local/workos/server.ts";
import { freePorts } from "../launcher/copy.ts";
import { load, quantile } from "./load.ts";
import { AGAIN, startMemory } from "./memory.ts";
import { createProject } from "./running.ts";
import { buildTemplate } from "./template.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const PROJECTS = 50;
const QUERY = "pages:dashboard";
const ROUNDS = 8;
const WINDOW_MS = 700;
const AT_ONCE = 4;
/** Longer than the whole run: nothing is refreshed while it is measured. */
const TOKEN_SECONDS = 3_600;

const ROWS = {
  near: "/dashboard, its query answered in the process",
  template: "the same as React Router's template serves it",
  real: "/dashboard, its query over the network",
  plain: "opens the seal, verifies, writes a string",
  fetching: "the same with one fetch and json()",
  data: "/dashboard.data",
  session: "/api/auth/session",
  token: "POST /api/auth/token",
};
type Name = keyof typeof ROWS;
type Variants = Record<Name, { server: Workerd; path: string; method?: string }>;
const NAMES = Object.keys(ROWS) as Name[];

export async function benchPage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-bench-"));
  const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    await ensureBuild({
      root: process.cwd(),
      copyTo: join(folder, "build"),
      signal: AbortSignal.timeout(300_000),
      log: () => undefined,
    });
    const ours = join(folder, "build");
    const theirs = await buildTemplate(folder);
    const { mosaic, cookie, variables, keys, body, convexUrl } = await startMosaic(folder, closing);
    const page = await (await fetch(`${mosaic.url}/dashboard`, { headers: { cookie } })).text();
    const answered = body();
    const start = async (name: string, build: string) => {
      const server = await startWorkerd(folder, name, {
        modules: modulesIn(folder, build),
        compatibilityDate: compatibilityDateIn(build),
        variables,
        mosaic: true,
        near: answered,
      });
      closing.push(server.close);
      return server;
    };
    const near = await start("near", ours);
    const template = await start("template-worker", theirs);
    const [plain, fetching] = await startPlain(folder, page.length, keys, convexUrl);
    closing.push(plain.close, fetching.close);
    const variants: Variants = {
      near: { server: near, path: "/dashboard" },
      template: { server: template, path: "/dashboard" },
      real: { server: mosaic, path: "/dashboard" },
      plain: { server: plain, path: "/" },
      fetching: { server: fetching, path: "/" },
      data: { server: near, path: "/dashboard.data" },
      session: { server: near, path: "/api/auth/session" },
      token: { server: near, path: "/api/auth/token", method: "POST" },
    };
    print(await measure(variants, cookie), page.length);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** CPU milliseconds per request of each window, in order of size. */
async function measure(variants: Variants, cookie: string): Promise<Record<Name, number[]>> {
  const costs = Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of shuffled(NAMES)) {
      const { server, path, method } = variants[name];
      const before = server.cpuSeconds();
      const { answered } = await load(server.url + path, {
        milliseconds: WINDOW_MS,
        atOnce: AT_ONCE,
        cookie,
        method,
      });
      if (round >= 0) costs[name].push(((server.cpuSeconds() - before) * 1000) / answered); // the first warms up
    }
  }
  for (const list of Object.values(costs)) list.sort((a, b) => a - b);
  return costs;
}

function print(costs: Record<Name, number[]>, bytes: number): void {
  const middle = (name: Name) => quantile(costs[name], 0.5);
  process.stdout.write(
    `CPU per request on bare workerd, ${PROJECTS} projects, ${bytes} characters of HTML:\n`,
  );
  for (const name of NAMES) {
    const [low, half, high] = [0, 0.5, 1].map((share) => quantile(costs[name], share).toFixed(2));
    process.stdout.write(`  ${ROWS[name].padEnd(48)} ${half} ms (${low} to ${high})\n`);
  }
  const ratio = (what: string, value: number, target: number) =>
    process.stdout.write(
      `  ${what.padEnd(48)} ${value < 0 ? "below the noise, says nothing" : `${value.toFixed(2)}, at most ${target}`}\n`,
    );
  ratio("of what the template costs", middle("near") / middle("template"), 0.5);
  ratio("times the seal, the token and a string", middle("near") / middle("plain"), 3);
  ratio(
    "the real query, times one fetch and json()",
    (middle("real") - middle("near")) / (middle("fetching") - middle("plain")),
    1.2,
  );
}

/** The built worker with somebody signed in who has the projects; Convex then answers from memory. */
async function startMosaic(folder: string, closing: (() => Promise<void> | void)[]) {
  const ports = await freePorts();
  const variables: Record<string, string> = { ...localDefaults(ports), APP_URL: "http://localhost:8787" };
  const workos = await startWorkos({
    port: ports.workos,
    dataFile: join(folder, "workos.sqlite"),
    clientId: String(variables.WORKOS_CLIENT_ID),
    apiKey: String(variables.WORKOS_API_KEY),
    accessTokenSeconds: TOKEN_SECONDS,
  });
  closing.push(workos.close);
  const convex = await startConvex({
    functionsDir: "convex",
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "convex.sqlite"),
    env: variables,
    log: () => undefined,
  });
  const memory = await startMemory(convex.url, ports.convex);
  closing.push(convex.close, memory.close);
  const mosaic = await startWorkerd(folder, "mosaic", {
    modules: modulesIn(folder, join(folder, "build")),
    compatibilityDate: compatibilityDateIn(join(folder, "build")),
    variables,
    mosaic: true,
  });
  closing.push(mosaic.close);
  const cookie = await signIn(mosaic.url, "grace@example.com");
  for (let index = 1; index <= PROJECTS; index++) await createProject(mosaic.url, cookie, `Project ${index}`);
  memory.remember();
  const keys = await (await fetch(`${workos.url}/sso/jwks/${variables.WORKOS_CLIENT_ID}`)).text();
  const convexUrl = `http://127.0.0.1:${ports.convex}`;
  return { mosaic, cookie, variables, keys, convexUrl, body: () => memory.answerOf(QUERY).toString() };
}

/** The worker that only writes a string, and the same with one fetch of what Convex answers. */
async function startPlain(
  folder: string,
  length: number,
  keys: string,
  convexUrl: string,
): Promise<[plain: Workerd, fetching: Workerd]> {
  await build({
    entryPoints: [join(import.meta.dirname, "plain-worker.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    outfile: join(folder, "plain.js"),
    logLevel: "error",
  });
  const { WORKOS_COOKIE_PASSWORD } = localDefaults({ app: 0, workos: 0, convex: 0, convexSite: 0 });
  const start = (name: string, more: Record<string, string>) =>
    startWorkerd(folder, name, {
      modules: [{ name: "plain.js", file: "plain.js" }],
      compatibilityDate: compatibilityDateIn(join(folder, "build")),
      variables: {
        WORKOS_COOKIE_PASSWORD: String(WORKOS_COOKIE_PASSWORD),
        PAGE: "x".repeat(length),
        KEYS: keys,
        ...more,
      },
    });
  return [await start("plain", {}), await start("fetching", { ASKED: convexUrl + AGAIN + QUERY })];
}

function modulesIn(folder: string, build: string): { name: string; file: string }[] {
  const server = join(build, "server");
  const files = readdirSync(server, { recursive: true, encoding: "utf8" });
  const names = files.filter((name) => name.endsWith(".js") && name !== "index.js");
  return ["index.js", ...names].map((name) => ({ name, file: relative(folder, join(server, name)) }));
}

function compatibilityDateIn(build: string): string {
  return JSON.parse(readFileSync(join(build, "server", "wrangler.json"), "utf8")).compatibility_date;
}

function shuffled<T>(list: T[]): T[] {
  return list
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
