/**
 * Report on page loads on an emulated phone, like Lighthouse: the bundled Chromium with a quarter of the CPU and a slow
 * 4G network (150 ms, 1.6 Mbit/s down, 750 kbit/s up), and the app as `npm start` serves it behind a proxy that
 * compresses.
 *
 * A page is interactive when it handles clicks and is quiet. It handles clicks when its script handles one on a control;
 * a separate load tries that every 200 ms. It is quiet at the end of the last task of more than 50 ms that is followed by
 * 5 s without such a task. `BROWSER_ROUNDS` is the number of loads of each page. The figures are medians; other processes on the
 * machine add to them.
 */
import { loadavg } from "node:os";
import type { BrowserContext } from "playwright-core";
import { launchChromium } from "../browser/chromium.ts";
import { cleanUp, freePorts, run } from "../launcher/copy.ts";
import { startEdge } from "./edge.ts";
import { quantile } from "./load.ts";
import { makeField, makeProject, type Signed, signedIn, untilShown } from "./person.ts";
import { loadPage, type PageLoad, PHONE, timeToClick } from "./phone.ts";

const ROUNDS = Number(process.env.BROWSER_ROUNDS ?? 3);
const PROJECTS = 50;
const AGENTS = ["harbour", "lighthouse", "ferry", "night watch"];
/** Agents of the large field: as many as a project may have. */
const FIELD = 200;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const SIZE = { width: 412, height: 823 };

/** Limits of the dashboard, ms. */
const GOALS = { lcp: 1_500, interactive: 2_500 };

type Measured = PageLoad & { click: number; interactive: number };

export async function benchBrowser(): Promise<void> {
  const ports = await freePorts();
  const edge = await startEdge((await freePorts()).app, ports.app);
  const browser = await launchChromium();
  try {
    const copy = await run("start", { ports, environment: { APP_URL: edge.url } });
    await copy.ready();
    const grace = await signedIn(edge.url, `http://127.0.0.1:${ports.convex}`, "grace@example.com");
    const projectId = await fill(edge.url, grace);
    const fieldId = await makeField(edge.url, grace, FIELD);
    const phone = { baseURL: edge.url, viewport: SIZE, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
    const guest = await browser.newContext(phone);
    const user = await browser.newContext(phone);
    await user.addCookies(cookiesOf(grace.cookie, edge.url));
    process.stdout.write(
      `Page loads with a CPU ${PHONE.cpuSlowdown} times slower and slow 4G, medians of ${ROUNDS}, ` +
        `load of this machine ${loadavg()[0]?.toFixed(1)}:\n${header()}\n`,
    );
    await measure("the home page of a guest", guest, "/", 'header a[href="/login"]');
    const dashboard = await measure(
      `the dashboard with ${PROJECTS} projects`,
      user,
      "/dashboard",
      // The tiles are plain anchors, which no script handles.
      'a[href="/profile"]',
    );
    await measure("a project's page", user, `/projects/${projectId}`, '[aria-label="Range"] a');
    await measure(`a project with ${FIELD} agents`, user, `/projects/${fieldId}`, '[aria-label="Range"] a');
    for (const name of ["lcp", "interactive"] as const) {
      if (dashboard[name] <= GOALS[name]) continue;
      process.stderr.write(
        `dashboard: ${name} after ${dashboard[name].toFixed(0)} ms, at most ${GOALS[name]}\n`,
      );
      process.exitCode = 1;
    }
  } finally {
    await browser.close();
    await cleanUp();
    edge.close();
  }
}

/** Creates the projects with agents that have reported for a day, and returns the id of one. */
async function fill(appUrl: string, grace: Signed): Promise<string> {
  const now = Date.now();
  const past = AGENTS.flatMap((agent, index) =>
    Array.from({ length: HOURS }, (_, hour) => ({
      ...{ agent, at: now - (HOURS - hour - 0.5) * HOUR_MS },
      ...{ name: `steps ${index}`, value: 100 + ((hour * 7 + index * 13) % 40) },
    })),
  );
  const ids: string[] = [];
  for (let index = 1; index <= PROJECTS; index++) {
    ids.push((await makeProject(appUrl, grace, `Project ${index}`, past)).projectId);
  }
  for (const projectId of ids) await untilShown(grace, projectId, AGENTS.length);
  return String(ids.at(-1));
}

async function measure(
  what: string,
  context: BrowserContext,
  path: string,
  control: string,
): Promise<Measured> {
  await loadPage(context, path); // warms up the app
  const loads: PageLoad[] = [];
  const clicks: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    loads.push(await loadPage(context, path));
    clicks.push(await timeToClick(context, path, control));
  }
  const middle = (of: (load: PageLoad) => number) => median(loads.map(of));
  const click = median(clicks);
  const quiet = middle((load) => load.quiet);
  const measured: Measured = {
    fcp: middle((load) => load.fcp),
    lcp: middle((load) => load.lcp),
    blocked: middle((load) => load.blocked),
    bytes: {
      document: middle((load) => load.bytes.document),
      style: middle((load) => load.bytes.style),
      script: middle((load) => load.bytes.script),
      other: middle((load) => load.bytes.other),
    },
    ...{ quiet, click, interactive: Math.max(quiet, click) },
  };
  process.stdout.write(`${row(what, measured)}\n`);
  return measured;
}

const COLUMNS = [
  "FCP",
  "LCP",
  "click",
  "quiet",
  "interactive",
  "blocked",
  "document",
  "style",
  "script",
  "other",
];

function header(): string {
  return `  ${"".padEnd(34)}${COLUMNS.map((name) => name.padStart(12)).join("")}`;
}

function row(what: string, { fcp, lcp, click, quiet, interactive, blocked, bytes }: Measured): string {
  const times = [fcp, lcp, click, quiet, interactive, blocked].map((ms) => `${ms.toFixed(0)} ms`);
  const sizes = [bytes.document, bytes.style, bytes.script, bytes.other].map(
    (size) => `${(size / 1_024).toFixed(1)} KiB`,
  );
  return `  ${what.padEnd(34)}${[...times, ...sizes].map((cell) => cell.padStart(12)).join("")}`;
}

function median(list: number[]): number {
  return quantile(
    list.toSorted((a, b) => a - b),
    0.5,
  );
}

function cookiesOf(cookie: string, url: string) {
  return cookie.split("; ").map((pair) => {
    const split = pair.indexOf("=");
    return { name: pair.slice(0, split), value: pair.slice(split + 1), url };
  });
}
