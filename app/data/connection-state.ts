/** State of the Convex connection: `live` only while messages arrive and the session is confirmed. */

import { api } from "../../convex/_generated/api.js";
import type { LiveState } from "../ui/live-state.ts";
import type { HeardSocket } from "./heard-socket.ts";
import type { LiveClient } from "./live-client.ts";

/** How long a connection attempt may take before the page shows `unavailable`. */
const PATIENCE_MS = 3_000;
/** Convex sends a Ping after 15 s without another message (`HEARTBEAT_INTERVAL` in its `sync/worker.rs`). */
export const SILENT_MS = 22_000;
/** How long the answer to a probe may take. */
const PROBE_MS = 1_000;
const TICK_MS = 1_000;
/** A timer that is late by this much means that the tab was frozen or the device slept. */
const ASLEEP_MS = 5_000;

export type StateOptions = {
  onState(state: LiveState): void;
  /** Returns whether there is a token. Without one the socket is open, but no data arrives. */
  authorized(): boolean;
  /**
   * Resolves to whether the session is still valid. Called before the state is `live` again after an
   * interruption.
   */
  confirm(): Promise<boolean>;
  signal: AbortSignal;
};

/**
 * Watches the state of a client's connection.
 *
 * @param client - The Convex client.
 * @param socket - The client's WebSocket, which reports its messages.
 * @param options - The callbacks, and the signal that stops the watch.
 * @returns `look` reads the state again after another input changed, `again` reports the last state once
 *   more, and `heard` must be called for each message.
 */
export function watchState(client: LiveClient, socket: HeardSocket, options: StateOptions) {
  const { onState, authorized, confirm, signal } = options;
  let patience: ReturnType<typeof setTimeout> | undefined;
  /**
   * Number of the connection on which data is live. The first one needs no confirmation: its token is new.
   */
  let confirmed: number | null = null;
  let asking: number | null = null;
  let silent = false;
  let unanswered: { since: number } | null = null;
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
    // A message does not answer a probe that was just sent: it may have been on its way.
    if (silent) unanswered = null;
    silent = false;
    if (first) look();
  };
  /** Runs a query that has no subscription, so that Convex must answer it. */
  const probe = () => {
    if (unanswered !== null || !client.connectionState().isWebSocketConnected) return;
    const sent = { since: Date.now() };
    unanswered = sent;
    const answered = () => {
      if (unanswered === sent) unanswered = null;
    };
    client.query(api.preferences.get, {}).then(answered, answered);
    setTimeout(tick, PROBE_MS + 50);
  };
  const tick = () => {
    const now = Date.now();
    const slept = Math.abs(now - tickedAt) > ASLEEP_MS;
    tickedAt = now;
    if (document.hidden || signal.aborted) return;
    if (slept) return probe();
    const isOverdue = unanswered !== null && now - unanswered.since >= PROBE_MS;
    const isQuiet = unanswered === null && now - socket.heardAt() > SILENT_MS;
    if (!isOverdue && !isQuiet) return;
    if (!silent) {
      silent = true;
      look();
    }
    if (now - socket.heardAt() > SILENT_MS) {
      unanswered = null;
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
