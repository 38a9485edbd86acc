/** Whether data is known to arrive: `live` only while the socket carries messages and the session is confirmed. */
import type { ConvexReactClient } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import type { LiveState } from "../ui/live-state.ts";
import type { HeardSocket } from "./heard-socket.ts";

/** Convex may take this long to answer before the page says that it does not. */
const PATIENCE_MS = 3_000;
/** Convex sends a Ping after 15 s without another message (`HEARTBEAT_INTERVAL` in its `sync/worker.rs`). */
export const SILENT_MS = 22_000;
/** How long the answer to a probe may take. */
const PROBE_MS = 1_000;
const TICK_MS = 1_000;
/** Timers that were late by this much stood still: the tab was frozen, or the device slept. */
const ASLEEP_MS = 5_000;

export type StateOptions = {
  onState(state: LiveState): void;
  /** Whether there is a token: without one the socket is open and carries nothing. */
  authorized(): boolean;
  /** Whether the session still stands; asked before data is called live again after an interruption. */
  confirm(): Promise<boolean>;
  signal: AbortSignal;
};

/**
 * Follows the state of a client's connection.
 *
 * @returns `look` to look again after something beside the connection changed, `again` to report the state once more,
 *   and `heard`, to be called at each message.
 */
export function watchState(client: ConvexReactClient, socket: HeardSocket, options: StateOptions) {
  const { onState, authorized, confirm, signal } = options;
  let patience: ReturnType<typeof setTimeout> | undefined;
  /** The connection, by its number, on which data is live; the first one has just been given its token. */
  let confirmed: number | null = null;
  let asking: number | null = null;
  let silent = false;
  let probedAt: number | null = null;
  let tickedAt = Date.now();
  let shown: LiveState | null = null;
  let reported: LiveState = "connecting";

  const ask = async (connection: number) => {
    asking = connection;
    const stands = await confirm();
    if (asking !== connection) return;
    asking = null;
    if (!stands || signal.aborted) return;
    confirmed = connection;
    look();
  };
  const look = () => {
    const { isWebSocketConnected, connectionCount } = client.connectionState();
    const carries = isWebSocketConnected && socket.hasHeard();
    if (carries && authorized()) confirmed ??= connectionCount;
    if (!navigator.onLine) return show("offline");
    if (carries && !silent && confirmed === connectionCount) return show("live");
    if (carries && confirmed !== null && asking !== connectionCount) void ask(connectionCount);
    show("connecting");
  };
  const report = (state: LiveState) => {
    reported = state;
    onState(state);
  };
  const show = (state: LiveState) => {
    if (state === shown && !silent) return;
    shown = state;
    clearTimeout(patience);
    if (state === "connecting" && silent) return report("unavailable");
    report(state);
    if (state === "connecting") patience = setTimeout(() => report("unavailable"), PATIENCE_MS);
  };

  const heard = () => {
    const first = silent || shown !== "live";
    silent = false;
    probedAt = null;
    if (first) look();
  };
  /** Asks for something that is not subscribed to, so that a message has to come. */
  const probe = () => {
    if (probedAt !== null || !client.connectionState().isWebSocketConnected) return;
    probedAt = Date.now();
    client.query(api.preferences.get, {}).catch(() => {
      // A rejection has arrived, too.
    });
    setTimeout(tick, PROBE_MS + 50);
  };
  const tick = () => {
    const now = Date.now();
    const slept = Math.abs(now - tickedAt) > ASLEEP_MS;
    tickedAt = now;
    if (document.hidden || signal.aborted) return;
    if (slept) return probe();
    const unanswered = probedAt !== null && now - probedAt >= PROBE_MS;
    const quiet = probedAt === null && now - socket.heardAt() > SILENT_MS;
    if (!unanswered && !quiet) return;
    if (!silent) {
      silent = true;
      look();
    }
    if (now - socket.heardAt() > SILENT_MS) {
      probedAt = null;
      socket.abandon();
    }
  };

  const stop = client.subscribeToConnectionState(look);
  addEventListener("online", look, { signal });
  addEventListener("offline", look, { signal });
  document.addEventListener("visibilitychange", () => document.hidden || probe(), { signal });
  const ticking = setInterval(tick, TICK_MS);
  signal.addEventListener("abort", () => {
    clearTimeout(patience);
    clearInterval(ticking);
    stop();
  });
  look();
  return { look, heard, again: () => onState(reported) };
}
