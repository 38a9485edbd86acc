/** One load of a page on an emulated phone, measured over the Chrome DevTools Protocol. */
import { setTimeout as pause } from "node:timers/promises";
import type { BrowserContext, CDPSession } from "playwright-core";

/** A mid-range phone on a slow 4G network, as Lighthouse defines it. */
export const PHONE = { cpuSlowdown: 4, latencyMs: 150, downBits: 1_600_000, upBits: 750_000 };

/** Time without a long task after which a page counts as quiet, as in Lighthouse. */
const QUIET_MS = 5_000;
/** Longer tasks block input noticeably (W3C Long Tasks). */
const LONG_TASK_MS = 50;
const MOST_MS = 60_000;

/** What the page records about itself, in ms since the navigation started. */
type Recorded = {
  fcp: number;
  lcp: number;
  tasks: { start: number; ms: number }[];
  clicked: number | null;
  now: number;
};

export type Kind = "document" | "style" | "script" | "other";

/** All times are in ms since the navigation started. */
export type PageLoad = {
  fcp: number;
  lcp: number;
  /** End of the last long task before the page was quiet, at least `fcp`. */
  quiet: number;
  /** Total blocking time: what long tasks took beyond 50 ms each, between `fcp` and `quiet`. */
  blocked: number;
  /** Received bytes, as compressed, of the requests sent until `quiet`. */
  bytes: Record<Kind, number>;
};

declare global {
  interface Window {
    recorded: Recorded;
  }
}

/** Runs before the page's own scripts. */
function record(): void {
  const recorded: Recorded = { fcp: 0, lcp: 0, tasks: [], clicked: null, now: 0 };
  window.recorded = recorded;
  const observe = (type: string, each: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe("paint", (entry) => {
    if (entry.name === "first-contentful-paint") recorded.fcp = entry.startTime;
  });
  observe("largest-contentful-paint", (entry) => {
    recorded.lcp = entry.startTime;
  });
  observe("longtask", (entry) => recorded.tasks.push({ start: entry.startTime, ms: entry.duration }));
}

/**
 * Clicks a link until React handles the click, which it does by preventing the default. React hydrates first what is
 * clicked, so more clicks would keep it from finishing.
 */
function clickUntilHandled(selector: string): void {
  let isHandled = false;
  addEventListener("click", (event) => {
    isHandled = event.defaultPrevented;
    event.preventDefault();
  });
  const timer = setInterval(() => {
    const control = document.querySelector<HTMLElement>(selector);
    if (control === null) return;
    control.click();
    if (!isHandled) return;
    window.recorded.clicked = performance.now();
    clearInterval(timer);
  }, 200);
}

/** Opens a page in a new tab of the emulated phone. */
async function openTab(context: BrowserContext) {
  const page = await context.newPage();
  const phone = await context.newCDPSession(page);
  await phone.send("Network.enable");
  await phone.send("Network.setCacheDisabled", { cacheDisabled: true });
  await phone.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: PHONE.latencyMs,
    downloadThroughput: PHONE.downBits / 8,
    uploadThroughput: PHONE.upBits / 8,
  });
  await phone.send("Emulation.setCPUThrottlingRate", { rate: PHONE.cpuSlowdown });
  await page.addInitScript(record);
  return { page, phone };
}

/**
 * Loads a page and waits until it is quiet.
 *
 * @throws {Error} when it is not within a minute.
 */
export async function loadPage(context: BrowserContext, path: string): Promise<PageLoad> {
  const { page, phone } = await openTab(context);
  try {
    const requests = watchRequests(phone);
    await page.goto(path, { waitUntil: "commit" });
    for (let waited = 0; waited < MOST_MS; waited += 500) {
      await pause(500);
      const recorded = await page.evaluate(() => ({ ...window.recorded, now: performance.now() }));
      const quiet = quietSince(recorded);
      if (quiet === null) continue;
      const { fcp, lcp, tasks } = recorded;
      const blocked = tasks
        .filter(({ start }) => start < quiet)
        .reduce(
          (sum, { start, ms }) => sum + Math.max(0, start + ms - Math.max(start, fcp) - LONG_TASK_MS),
          0,
        );
      return { fcp, lcp, quiet, blocked, bytes: requests.bytesUntil(quiet) };
    }
    throw new Error(`${path} was not quiet within ${MOST_MS / 1_000} s`);
  } finally {
    await page.close();
  }
}

/** Loads a page, and returns when a click on a control was handled by the page's script, in ms. */
export async function timeToClick(context: BrowserContext, path: string, selector: string): Promise<number> {
  const { page } = await openTab(context);
  try {
    await page.addInitScript(clickUntilHandled, selector);
    await page.goto(path, { waitUntil: "commit" });
    const clicked = await page.waitForFunction(() => window.recorded.clicked, null, { timeout: MOST_MS });
    return Number(await clicked.jsonValue());
  } finally {
    await page.close();
  }
}

/** Returns the end of the last long task before the first quiet window; null if there is none yet. */
function quietSince({ fcp, lcp, tasks, now }: Recorded): number | null {
  if (fcp === 0 || lcp === 0) return null;
  let quiet = fcp;
  for (const { start, ms } of tasks) {
    if (start - quiet >= QUIET_MS) break;
    quiet = Math.max(quiet, start + ms);
  }
  return now - quiet >= QUIET_MS ? quiet : null;
}

const KINDS: Readonly<Record<string, Kind>> = { Document: "document", Stylesheet: "style", Script: "script" };

function watchRequests(phone: CDPSession) {
  const sent = new Map<string, { at: number; kind: Kind; bytes: number }>();
  phone.on("Network.requestWillBeSent", ({ requestId, timestamp, type }) => {
    sent.set(requestId, { at: timestamp * 1_000, kind: KINDS[type ?? ""] ?? "other", bytes: 0 });
  });
  // Preloaded modules are known to be scripts only by their answer.
  phone.on("Network.responseReceived", ({ requestId, response }) => {
    const one = sent.get(requestId);
    if (one?.kind === "other" && /javascript/.test(response.mimeType)) one.kind = "script";
  });
  phone.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const one = sent.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  return {
    bytesUntil(ms: number): Record<Kind, number> {
      const bytes = { document: 0, style: 0, script: 0, other: 0 };
      const [first] = sent.values();
      for (const { at, kind, bytes: size } of sent.values()) {
        if (first && at - first.at <= ms) bytes[kind] += size;
      }
      return bytes;
    },
  };
}
