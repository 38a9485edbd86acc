/**
 * What a page costs the worker: CPU per request of a signed-in `/dashboard` with 50 projects, beside a worker that
 * only opens the seal and writes as many bytes. Both run at once and take turns in shuffled windows: one server
 * after the other differs by up to two on the same code.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { localDefaults } from "../../local/config.ts";
import { startConvex } from "../../local/convex/server.ts";
import { signIn } from "../../local/demo/sign-in.ts";
import { ensureBuild } from "../../local/launch/build.ts";
import { startWorkos } from "../../local/workos/server.ts";
import { freePorts } from "../launcher/copy.ts";
import { load, quantile } from "./load.ts";
import { startMemory } from "./memory.ts";
import { createProject } from "./running.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const PROJECTS = 50;
const ROUNDS = 10;
const WINDOW_MS = 1_500;
const AT_ONCE = 4;
/** Longer than the whole run: nothing is refreshed while it is measured. */
const TOKEN_SECONDS = 3_600;

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
    const { mosaic, cookie } = await startMosaic(folder, closing);
    const page = await (await fetch(`${mosaic.url}/dashboard`, { headers: { cookie } })).text();
    const plain = await startPlain(folder, page.length);
    closing.push(plain.close);
    const variants = { mosaic: { server: mosaic, path: "/dashboard" }, plain: { server: plain, path: "/" } };

    const costs: Record<keyof typeof variants, number[]> = { mosaic: [], plain: [] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const name of shuffled(Object.keys(variants) as (keyof typeof variants)[])) {
        const { server, path } = variants[name];
        const before = server.cpuSeconds();
        const { answered } = await load(server.url + path, {
          milliseconds: WINDOW_MS,
          atOnce: AT_ONCE,
          cookie,
        });
        const cost = ((server.cpuSeconds() - before) * 1000) / answered;
        if (round >= 0) costs[name].push(cost); // the first round warms up
      }
    }
    print(costs, page.length);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function print(costs: { mosaic: number[]; plain: number[] }, bytes: number): void {
  const row = (name: string, list: number[]) => {
    const sorted = [...list].sort((a, b) => a - b);
    const [low, middle, high] = [0, 0.5, 1].map((share) => quantile(sorted, share).toFixed(2));
    process.stdout.write(`  ${name.padEnd(34)} ${middle} ms (${low} to ${high})\n`);
    return Number(middle);
  };
  process.stdout.write(
    `CPU per request on bare workerd, ${PROJECTS} projects, ${bytes} characters of HTML:\n`,
  );
  const page = row("/dashboard, signed in", costs.mosaic);
  const seal = row("opens the seal, writes a string", costs.plain);
  process.stdout.write(`  ratio ${(page / seal).toFixed(1)}\n`);
}

/** The built worker with somebody signed in who has the projects; Convex then answers from memory. */
async function startMosaic(
  folder: string,
  closing: (() => Promise<void> | void)[],
): Promise<{ mosaic: Workerd; cookie: string }> {
  const ports = await freePorts();
  const variables = localDefaults(ports);
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
    modules: modulesIn(folder),
    compatibilityDate: compatibilityDateIn(folder),
    variables: { ...variables, APP_URL: "http://localhost:8787" },
    mosaic: true,
  });
  closing.push(mosaic.close);
  const cookie = await signIn(mosaic.url, "grace@example.com");
  for (let index = 1; index <= PROJECTS; index++) await createProject(mosaic.url, cookie, `Project ${index}`);
  memory.remember();
  return { mosaic, cookie };
}

async function startPlain(folder: string, length: number): Promise<Workerd> {
  await build({
    entryPoints: [join(import.meta.dirname, "plain-worker.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    outfile: join(folder, "plain.js"),
    logLevel: "error",
  });
  const { WORKOS_COOKIE_PASSWORD } = localDefaults({ app: 0, workos: 0, convex: 0, convexSite: 0 });
  return startWorkerd(folder, "plain", {
    modules: [{ name: "plain.js", file: "plain.js" }],
    compatibilityDate: compatibilityDateIn(folder),
    variables: { WORKOS_COOKIE_PASSWORD: String(WORKOS_COOKIE_PASSWORD), PAGE: "x".repeat(length) },
  });
}

const SERVER = join("build", "server");

function modulesIn(folder: string): { name: string; file: string }[] {
  const files = readdirSync(join(folder, SERVER), { recursive: true, encoding: "utf8" });
  const names = files.filter((name) => name.endsWith(".js") && name !== "index.js");
  return ["index.js", ...names].map((name) => ({ name, file: join(SERVER, name) }));
}

function compatibilityDateIn(folder: string): string {
  return JSON.parse(readFileSync(join(folder, SERVER, "wrangler.json"), "utf8")).compatibility_date;
}

function shuffled<T>(list: T[]): T[] {
  return list
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
