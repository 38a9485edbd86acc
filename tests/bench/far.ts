/**
 * Benchmark of network latency: Mosaic with round trips of 80 ms to Convex and 150 ms to WorkOS. Reports the
 * number of round trips apart from their time, and fails if a request makes too many or a page takes too
 * long.
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
/** One round trip to Convex, plus the allowance for everything else. */
const PAGE_LIMIT_MS = CONVEX_MS + 30;
/**
 * Token lifetimes: the first avoids refreshes during page measurements, the second forces one on every
 * request.
 */
const LONG_S = 3_600;
const SHORT_S = 45;
/** Pause after an answer, so that background requests are not counted for the next request. */
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
  /** Sets the lifetime of new access tokens. */
  tokensLast(seconds: number): Promise<void>;
};

/** Starts the app as `npm start` serves it, with both services behind delaying proxies. */
async function startFar(folder: string, closing: (() => Promise<void> | void)[]): Promise<Far> {
  const ports = await freePorts();
  const apart = await freePorts();
  const defaults = localDefaults(ports);
  const openWorkOS = (accessTokenSeconds: number) =>
    startWorkOS({
      port: apart.workos,
      dataFile: join(folder, "workos.sqlite"),
      clientId: String(defaults.WORKOS_CLIENT_ID),
      apiKey: String(defaults.WORKOS_API_KEY),
      accessTokenSeconds,
    });
  let emulator = await openWorkOS(LONG_S);
  closing.push(() => emulator.close());
  const workos = await startDistance(emulator.url, WORKOS_MS);
  // Convex compares the issuer exactly, so it needs the WorkOS URL that the app uses.
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
  await learnKeys(convexHere.url, emulator.url, workos.url, String(defaults.WORKOS_CLIENT_ID));
  const given = { ...defaults, WORKOS_API_URL: workos.url, CONVEX_URL: convex.url };
  const copy = await run("start", { ports, environment: given });
  await copy.ready();
  return {
    app: String(defaults.APP_URL),
    convexUrl: convexHere.url,
    convex,
    workos,
    async tokensLast(seconds) {
      await emulator.close();
      emulator = await openWorkOS(seconds);
    },
  };
}

/**
 * Makes Convex cache WorkOS's keys with a forged token, as in a running deployment. Otherwise Convex's own
 * request for the keys would be counted as the worker's.
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

/** Measures one request until its last byte, and the round trips made for it. */
async function measured(far: Far, ask: () => Promise<Response>, status = 200): Promise<Taken> {
  far.convex.trips.length = 0;
  far.workos.trips.length = 0;
  const began = performance.now();
  const answer = await ask();
  await answer.arrayBuffer();
  const ms = performance.now() - began;
  if (answer.status !== status) throw new Error(`${answer.url} answered ${answer.status}`);
  await pause(SETTLED_MS);
  // The worker reports a refreshed session in the background, which delays no answer.
  const convex = far.convex.trips.filter((trip) => !trip.endsWith("edge:refreshed"));
  return { ms, convex, workos: [...far.workos.trips] };
}

/** Signs in, and measures only the callback from WorkOS, because the redirect there makes no round trip. */
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

/** Prints one row, and returns a message for each exceeded limit. */
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
