/**
 * What distance costs: Mosaic with 80 ms to Convex and 150 ms to WorkOS. The number of trips and their length are told
 * apart, for the first is ours. A trip too many, or a page that waits for more than one, fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startConvex } from "convex-local";
import { startWorkOS } from "workos-local";
import { localDefaults } from "../../local/config.ts";
import { cleanUp, freePorts, run } from "../launcher/copy.ts";
import { type Distance, startDistance } from "./distance.ts";
import { clicks } from "./far-clicks.ts";
import { quantile } from "./load.ts";
import { makeProject, signedIn } from "./person.ts";

const CONVEX_MS = 80;
const WORKOS_MS = 150;
const ROUNDS = 20;
/** One trip to Convex, and what everything else may take. */
const PAGE_LIMIT_MS = CONVEX_MS + 30;
/** Nothing is refreshed while pages are measured; then every token is within its last minute. */
const LONG_S = 3_600;
const SHORT_S = 45;
/** What happens after an answer belongs to the request before, not to the next. */
const SETTLED_MS = 150;

type Limits = { convex: number; workos: number; ms?: number };
type Taken = { ms: number; convex: string[]; workos: string[] };

export async function benchFar(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-far-"));
  const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const broken: string[] = [];
  try {
    const far = await startFar(folder, closing);
    const { app } = far;
    const row = (what: string, taken: Taken[], limits: Limits) => broken.push(...print(what, taken, limits));
    process.stdout.write(
      `${CONVEX_MS} ms to Convex, ${WORKOS_MS} ms to WorkOS, the median of ${ROUNDS}:\n` +
        `  ${"".padEnd(36)} Convex  WorkOS       ms  times the distance\n`,
    );

    row("a sign-in, WorkOS's keys unknown", [(await signInFar(far, "grace@example.com")).taken], {
      convex: 1,
      workos: 2,
    });
    const later = await times(
      ROUNDS,
      async (turn) => (await signInFar(far, `later-${turn}@example.com`)).taken,
    );
    row("a later sign-in", later, { convex: 1, workos: 2 });

    const grace = await signedIn(app, far.convexUrl, "grace@example.com");
    const { projectId } = await makeProject(app, grace, "Far away");
    const asks: [string, string, string, Limits][] = [
      ["/", "GET", "/", { convex: 1, workos: 0, ms: PAGE_LIMIT_MS }],
      ["/dashboard", "GET", "/dashboard", { convex: 1, workos: 0, ms: PAGE_LIMIT_MS }],
      ["a project", "GET", `/projects/${projectId}`, { convex: 1, workos: 0, ms: PAGE_LIMIT_MS }],
      ["/dashboard.data", "GET", "/dashboard.data", { convex: 1, workos: 0, ms: PAGE_LIMIT_MS }],
      ["POST /api/auth/token", "POST", "/api/auth/token", { convex: 0, workos: 0 }],
    ];
    for (const [what, method, path, limits] of asks) {
      const ask = () => measured(far, () => fetch(app + path, { method, headers: { cookie: grace.cookie } }));
      await ask(); // warms up
      row(what, await times(ROUNDS, ask), limits);
    }

    const paths: string[] = [];
    for (let index = 0; index < 2 * ROUNDS; index++) {
      paths.push(`/projects/${(await makeProject(app, grace, `Link ${index}`)).projectId}`);
    }
    const clicked = await clicks(app, grace.cookie, paths);
    for (const [what, list] of Object.entries(clicked)) {
      const half = middle(list);
      process.stdout.write(
        `  ${what.padEnd(36)} ${"".padStart(14)} ${half.toFixed(0).padStart(8)}  ${(half / CONVEX_MS).toFixed(2)}\n`,
      );
    }

    await far.tokensLast(SHORT_S);
    for (const [method, path, convex] of [
      ["GET", "/dashboard", 1],
      ["POST", "/api/auth/token", 0],
    ] as const) {
      const taken = await times(ROUNDS, async (turn) => {
        const { cookie } = await signInFar(far, `${method}-${turn}@example.com`);
        await pause(SETTLED_MS);
        return measured(far, () => fetch(app + path, { method, headers: { cookie } }));
      });
      row(`${method} ${path} with a refresh`, taken, { convex, workos: 1 });
    }
  } finally {
    await cleanUp();
    for (const close of closing.reverse()) await close();
  }
  for (const line of broken) process.stderr.write(`${line}\n`);
  if (broken.length > 0) process.exitCode = 1;
}

type Far = {
  app: string;
  convexUrl: string;
  convex: Distance;
  workos: Distance;
  /** From now on WorkOS's access tokens live this long. */
  tokensLast(seconds: number): Promise<void>;
};

/** The app as `npm start` serves it, and both services behind their distance. */
async function startFar(folder: string, closing: (() => Promise<void> | void)[]): Promise<Far> {
  const ports = await freePorts();
  const apart = await freePorts();
  const defaults = localDefaults(ports);
  const openWorkos = (accessTokenSeconds: number) =>
    startWorkOS({
      port: apart.workos,
      dataFile: join(folder, "workos.sqlite"),
      clientId: String(defaults.WORKOS_CLIENT_ID),
      apiKey: String(defaults.WORKOS_API_KEY),
      accessTokenSeconds,
    });
  let standIn = await openWorkos(LONG_S);
  closing.push(() => standIn.close());
  const workos = await startDistance(standIn.url, WORKOS_MS);
  // Convex compares the issuer letter by letter: it must know WorkOS by the address that the app uses.
  const convexHere = await startConvex({
    functionsDir: "convex",
    port: apart.convex,
    sitePort: apart.convexSite,
    dataFile: join(folder, "convex.sqlite"),
    env: { ...defaults, WORKOS_API_URL: workos.url },
    log: () => undefined,
  });
  const convex = await startDistance(convexHere.url, CONVEX_MS);
  closing.push(convexHere.close, workos.close, convex.close);
  await learnKeys(convexHere.url, standIn.url, workos.url, String(defaults.WORKOS_CLIENT_ID));
  const given = { ...defaults, WORKOS_API_URL: workos.url, CONVEX_URL: convex.url };
  const copy = await run("start", { ports, environment: given });
  await copy.ready();
  return {
    app: String(defaults.APP_URL),
    convexUrl: convexHere.url,
    convex,
    workos,
    async tokensLast(seconds) {
      await standIn.close();
      standIn = await openWorkos(seconds);
    },
  };
}

/**
 * Convex fetches WorkOS's keys with the first token that names them, a forged one too. A deployment has long done so; here
 * its trip would count as the worker's.
 */
async function learnKeys(
  convexUrl: string,
  workosUrl: string,
  issuer: string,
  clientId: string,
): Promise<void> {
  const { keys } = await (await fetch(`${workosUrl}/sso/jwks/${clientId}`)).json();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const forged = `${part({ alg: "RS256", kid: keys[0].kid })}.${part({ iss: issuer, sub: "nobody", exp })}.AAAA`;
  await fetch(`${convexUrl}/api/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${forged}`, "content-type": "application/json" },
    body: JSON.stringify({ path: "users:viewer", format: "convex_encoded_json", args: [{}] }),
  });
}

/** One request of a browser, to its last byte, and what crossed for it before its answer was there. */
async function measured(far: Far, ask: () => Promise<Response>, status = 200): Promise<Taken> {
  far.convex.trips.length = 0;
  far.workos.trips.length = 0;
  const began = performance.now();
  const answer = await ask();
  await answer.arrayBuffer();
  const ms = performance.now() - began;
  if (answer.status !== status) throw new Error(`${answer.url} answered ${answer.status}`);
  await pause(SETTLED_MS);
  // Said in the background, of a session that was refreshed: nobody waits for it.
  const convex = far.convex.trips.filter((trip) => !trip.endsWith("edge:refreshed"));
  return { ms, convex, workos: [...far.workos.trips] };
}

/** The way back from WorkOS; the way there asks nobody. */
async function signInFar(far: Far, email: string): Promise<{ taken: Taken; cookie: string }> {
  const login = await fetch(`${far.app}/api/auth/login`, { redirect: "manual" });
  const picked = await fetch(login.headers.get("location") ?? "", {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ email }),
  });
  const back = new URL(picked.headers.get("location") ?? "");
  let cookie = "";
  const ask = async () => {
    const answer = await fetch(`${far.app}${back.pathname}${back.search}`, {
      redirect: "manual",
      headers: { cookie: cookiesOf(login) },
    });
    cookie = cookiesOf(answer);
    return answer;
  };
  return { taken: await measured(far, ask, 302), cookie };
}

function cookiesOf(response: Response): string {
  const pairs = response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf(";")));
  return pairs.filter((pair) => !pair.endsWith("=")).join("; ");
}

/** @returns What is over its limit, in words. */
function print(what: string, taken: Taken[], limits: Limits): string[] {
  const broken: string[] = [];
  const most = (of: "convex" | "workos") =>
    taken.reduce<string[]>((worst, one) => (one[of].length > worst.length ? one[of] : worst), []);
  const ms = middle(taken.map((one) => one.ms));
  const [convex, workos] = [most("convex"), most("workos")];
  const distance = convex.length * CONVEX_MS + workos.length * WORKOS_MS;
  const ratio = distance === 0 ? "no distance" : (ms / distance).toFixed(2);
  process.stdout.write(
    `  ${what.padEnd(36)} ${String(convex.length).padStart(6)}  ${String(workos.length).padStart(6)} ${ms.toFixed(0).padStart(8)}  ${ratio}\n`,
  );
  for (const [name, trips, limit] of [
    ["Convex", convex, limits.convex],
    ["WorkOS", workos, limits.workos],
  ] as const) {
    if (trips.length > limit) {
      broken.push(`${what}: ${trips.length} trips to ${name}, at most ${limit}: ${trips.join(", ")}`);
    }
  }
  if (limits.ms !== undefined && ms > limits.ms) {
    broken.push(`${what}: ${ms.toFixed(0)} ms, at most ${limits.ms}`);
  }
  return broken;
}

async function times<T>(count: number, once: (turn: number) => Promise<T>): Promise<T[]> {
  const list: T[] = [];
  for (let turn = 0; turn < count; turn++) list.push(await once(turn));
  return list;
}

function middle(list: number[]): number {
  return quantile(
    list.toSorted((a, b) => a - b),
    0.5,
  );
}
