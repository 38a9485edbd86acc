/**
 * Benchmark of the worker's CPU time per request: a signed-in `/dashboard` with 50 projects, the same page as
 * served by React Router's template, and a worker that only unseals the session, verifies the token and
 * writes as many bytes. All servers run at once and are measured in shuffled windows, because measuring one
 * after the other varies by a factor of up to two.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { startConvex } from "convex-local";
import { build } from "esbuild";
import { startWorkOS } from "workos-local";
import { localDefaults } from "../../local/config.ts";
import { ensureBuild } from "../../local/launch/build.ts";
import { freePorts } from "../launcher/copy.ts";
import { type Asked, load, quantile } from "./load.ts";
import { AGAIN, startMemory } from "./memory.ts";
import { makeField, makeProject, signedIn } from "./person.ts";
import { buildTemplate, buildTemplateWithLinks } from "./template.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const PROJECTS = 50;
/** Agents of the large field: as many as a project may have. */
const FIELD = 200;
const QUERY = "pages:dashboard";
/**
 * The Convex functions that the measured requests call; in all rows but one they are answered inside the
 * worker.
 */
export const ASKED = [QUERY, "pages:shell", "metrics:ingest"];
/** Rounds of the compared rows; eight did not resolve the small differences. The other rows get a third. */
const ROUNDS = 24;
const WINDOW_MS = 1_200;
/** Warm-up before each window, so that the cost of an idle process is not measured, in milliseconds. */
const WARM_MS = 400;
const AT_ONCE = 4;
/** Token lifetime, longer than the whole run to avoid refreshes. */
const TOKEN_SECONDS = 3_600;

const ROWS = {
  near: "/dashboard, its query answered in the process",
  template: "the same as React Router's template serves it",
  links: "the same, also with the template's <Link>",
  real: "/dashboard, its query over the network",
  plain: "opens the seal, verifies, writes a string",
  fetching: "the same with one fetch and json()",
  data: "/dashboard.data",
  session: "/api/auth/session",
  token: "POST /api/auth/token",
  metrics: "POST /api/v1/metrics, one metric",
  field: `a project's page with ${FIELD} agents`,
};
type Name = keyof typeof ROWS;
type Variants = Record<Name, Asked & { server: Workerd; path: string }>;
const NAMES = Object.keys(ROWS) as Name[];
const COMPARED: readonly Name[] = ["near", "template", "links", "real", "plain", "fetching"];

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
    const linked = await buildTemplateWithLinks(folder);
    const { app, grace, key, variables, keys, answerOf, convexUrl } = await startMosaic(folder, closing);
    const { cookie } = grace;
    const page = await (await fetch(`${app.url}/dashboard`, { headers: { cookie } })).text();
    const metric = sentMetric(key);
    await fetch(`${app.url}/api/auth/session`, { headers: { cookie } });
    await fetch(`${app.url}${metric.path}`, metric);
    const near = Object.fromEntries(ASKED.map((name) => [name, answerOf(name)]));
    // Only now, so that it is not on the dashboard.
    const field = await makeField(app.url, grace, FIELD);
    const start = async (name: string, build: string, answers: { near?: typeof near } = { near }) => {
      const server = await startWorkerd(folder, name, {
        modules: modulesIn(folder, build),
        compatibilityDate: compatibilityDateIn(build),
        variables,
        isApp: true,
        ...answers,
      });
      closing.push(server.close);
      return server;
    };
    // Each compared row has its own server: a worker is slower at a page if it serves other routes too.
    const mine = await start("near", ours);
    const real = await start("real", ours, {});
    const other = await start("other", ours);
    const template = await start("template-worker", theirs);
    const links = await start("template-links-worker", linked);
    const [plain, fetching] = await startPlain(folder, page.length, keys, convexUrl);
    closing.push(plain.close, fetching.close);
    const headers = { cookie };
    const variants: Variants = {
      near: { server: mine, path: "/dashboard", headers },
      template: { server: template, path: "/dashboard", headers },
      links: { server: links, path: "/dashboard", headers },
      real: { server: real, path: "/dashboard", headers },
      plain: { server: plain, path: "/", headers },
      fetching: { server: fetching, path: "/", headers },
      data: { server: other, path: "/dashboard.data", headers },
      session: { server: other, path: "/api/auth/session", headers },
      token: { server: other, path: "/api/auth/token", method: "POST", headers },
      metrics: { server: other, ...metric },
      field: { server: app, path: `/projects/${field}`, headers },
    };
    print(await measure(variants), page.length);
    for (const name of ["near", "template", "plain"] as const) await printLoad(name, variants[name]);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Returns the CPU milliseconds per request of each window, by round, because rounds differ in load. */
async function measure(variants: Variants): Promise<Record<Name, number[]>> {
  const costs = Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of shuffled(round % 3 === 2 || round < 0 ? NAMES : COMPARED)) {
      const { server, path, ...asked } = variants[name];
      await load(server.url + path, { milliseconds: WARM_MS, atOnce: AT_ONCE, ...asked });
      const before = server.cpuSeconds();
      const { answered } = await load(server.url + path, {
        milliseconds: WINDOW_MS,
        atOnce: AT_ONCE,
        ...asked,
      });
      if (round >= 0) costs[name].push(((server.cpuSeconds() - before) * 1000) / answered); // round -1 warms up
    }
  }
  return costs;
}

function print(costs: Record<Name, number[]>, bytes: number): void {
  process.stdout.write(
    `CPU per request on bare workerd, ${PROJECTS} projects, ${bytes} characters of HTML:\n`,
  );
  for (const name of NAMES) {
    const [low, half, high] = [0, 0.5, 1].map((share) => quantile(sorted(costs[name]), share).toFixed(2));
    process.stdout.write(`  ${ROWS[name].padEnd(48)} ${half} ms (${low} to ${high})\n`);
  }
  const ratio = (what: string, value: number, target: number) =>
    process.stdout.write(
      `  ${what.padEnd(48)} ${value < 0 ? "below the noise, says nothing" : `${value.toFixed(2)}, at most ${target}`}\n`,
    );
  ratio("of what the template costs", inRounds(costs, "near", "template"), 0.38);
  ratio("of what it costs with <Link>", inRounds(costs, "near", "links"), 0.38);
  ratio("times the seal, the token and a string", inRounds(costs, "near", "plain"), 5);
  const more = (name: Name, than: Name) =>
    quantile(sorted(costs[name].map((cost, round) => cost - (costs[than][round] ?? 0))), 0.5);
  ratio("the real query, times one fetch and json()", more("real", "near") / more("fetching", "plain"), 1.2);
}

/** Returns the median ratio of two rows' costs, compared round by round. */
function inRounds(costs: Record<Name, number[]>, name: Name, of: Name): number {
  return quantile(sorted(costs[name].map((cost, round) => cost / (costs[of][round] ?? 0))), 0.5);
}

export const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);

/** Prints the throughput and the median response time for 1 and 16 connections. */
async function printLoad(name: Name, { server, path, ...asked }: Variants[Name]): Promise<void> {
  const results: string[] = [];
  for (const atOnce of [1, 16]) {
    const { answered, times } = await load(server.url + path, { milliseconds: 2_000, atOnce, ...asked });
    results.push(`${atOnce}: ${Math.round(answered / 2)}/s, p50 ${quantile(times, 0.5).toFixed(1)} ms`);
  }
  process.stdout.write(`  ${ROWS[name].padEnd(48)} connections ${results.join("; ")}\n`);
}

/** Returns an agent's request with one metric. */
function sentMetric(key: string) {
  return {
    path: "/api/v1/metrics",
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ metrics: [{ agent: "harbour", name: "steps", value: 1 }] }),
  };
}

/**
 * Starts the built worker, signs in a user with the projects, and makes Convex's proxy replay its answers.
 */
export async function startMosaic(
  folder: string,
  closing: (() => Promise<void> | void)[],
  build = join(folder, "build"),
) {
  const ports = await freePorts();
  const variables: Record<string, string> = { ...localDefaults(ports), APP_URL: "http://localhost:8787" };
  const workos = await startWorkOS({
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
  const app = await startWorkerd(folder, "mosaic", {
    modules: modulesIn(folder, build),
    compatibilityDate: compatibilityDateIn(build),
    variables,
    isApp: true,
  });
  closing.push(app.close);
  const grace = await signedIn(app.url, convex.url, "grace@example.com");
  const [project] = await Promise.all(
    Array.from({ length: PROJECTS }, (_, index) => makeProject(app.url, grace, `Project ${index + 1}`)),
  );
  if (project === undefined) throw new Error("there is no project");
  memory.remember();
  const keys = await (await fetch(`${workos.url}/sso/jwks/${variables.WORKOS_CLIENT_ID}`)).text();
  const convexUrl = `http://127.0.0.1:${ports.convex}`;
  const answerOf = (name: string) => memory.answerOf(name).toString();
  return { app, grace, key: project.key, variables, keys, convexUrl, answerOf };
}

/**
 * Starts the worker that only writes a string, and the same worker with one fetch of a recorded Convex
 * answer.
 */
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

export function modulesIn(folder: string, build: string): { name: string; file: string }[] {
  const server = join(build, "server");
  const files = readdirSync(server, { recursive: true, encoding: "utf8" });
  const names = files.filter((name) => name.endsWith(".js") && name !== "index.js");
  return ["index.js", ...names].map((name) => ({ name, file: relative(folder, join(server, name)) }));
}

export function compatibilityDateIn(build: string): string {
  return JSON.parse(readFileSync(join(build, "server", "wrangler.json"), "utf8")).compatibility_date;
}

export function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
