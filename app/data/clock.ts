/**
 * The server's clock in this tab: correct after sleep, in a hidden tab, and if the device's clock is wrong.
 */
import { href } from "react-router";

/**
 * The two clocks of a browser, in ms. `wall` may be wrong or jump; `steady` never jumps, but may stop in
 * sleep.
 */
export type Reading = { wall: number; steady: number };

/** The server's time, Unix ms, at a reading. */
export type Anchor = Reading & { server: number };

/** If the two clocks differ by more than this between two readings, one of them stopped or was changed. */
const JUMP_MS = 1_000;
/** How often the clocks are read. */
const READ_MS = 1_000;
/** How often a page that did not sleep shows a new time. */
const SHOW_MS = 10_000;

/**
 * Advances the server's time to a new reading. If the wall clock gained on the steady one, the device slept
 * or its clock was set forward; only the server can tell which. If it lost, it was set back.
 *
 * @param before - The previous anchor.
 * @param reading - The current reading of both clocks, ms.
 * @returns The new anchor, and whether the clocks disagreed.
 */
export function advance(before: Anchor, { wall, steady }: Reading): { anchor: Anchor; jumped: boolean } {
  const passed = steady - before.steady;
  const gained = wall - before.wall - passed;
  const server = before.server + passed + (gained > JUMP_MS ? gained : 0);
  return { anchor: { wall, steady, server }, jumped: Math.abs(gained) > JUMP_MS };
}

let anchor: Anchor | null = null;
let shown = 0;
/**
 * Whether the clocks disagreed and the server has not answered since. The request waits for the next time
 * shown, because the likely reason is sleep, and there is often no network just after sleep.
 */
let unsure = false;
const listeners = new Set<() => void>();

const read = (): Reading => ({ wall: Date.now(), steady: performance.now() });

function show(now: number): void {
  shown = now;
  for (const listener of listeners) listener();
}

/** Returns the server's time, Unix ms, or the device's before the first page data. */
export function serverNow(): number {
  if (anchor === null) return Date.now();
  const { anchor: next, jumped } = advance(anchor, read());
  anchor = next;
  if (jumped) {
    unsure = true;
    show(next.server);
  }
  return next.server;
}

/**
 * Corrects the clock.
 *
 * @param earliest - The server's time when it answered, Unix ms. It cannot be earlier now.
 * @param latest - The latest that it can be now, Unix ms, if known.
 */
export function noteServerTime(earliest: number, latest = Number.POSITIVE_INFINITY): void {
  const before = anchor === null ? earliest : serverNow();
  const server = Math.min(Math.max(before, earliest), latest);
  if (anchor !== null && server === before) return;
  anchor = { ...read(), server };
  show(server);
}

/**
 * Requests the server's time. `Date` has whole seconds and the response takes time, so the result is a range.
 */
async function askServer(): Promise<void> {
  const asked = performance.now();
  try {
    const answer = await fetch(href("/healthz"), { method: "HEAD", cache: "no-store" });
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (!answer.ok || Number.isNaN(date)) return;
    unsure = false;
    noteServerTime(date, date + 1_000 + performance.now() - asked);
  } catch {
    // Offline: retries with the next time shown.
  }
}

function tick(): void {
  const now = serverNow();
  if (now - shown < SHOW_MS) return;
  show(now);
  if (unsure) void askServer();
}

let timer: ReturnType<typeof setInterval> | undefined;

/** Browsers throttle the timers of a hidden tab, so it reads the clocks when it becomes visible. */
const onSeen = () => document.hidden || show(serverNow());

/**
 * Calls a listener when the page should show a new time.
 *
 * @returns Unsubscribes the listener.
 */
export function onNewTime(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    timer = setInterval(tick, READ_MS);
    document.addEventListener("visibilitychange", onSeen);
    addEventListener("pageshow", onSeen);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onSeen);
    removeEventListener("pageshow", onSeen);
  };
}

/** Returns the time that the page shows, Unix ms, to ten seconds; 0 before the first page data. */
export function shownTime(): number {
  return shown;
}
