/** A worker that blocks its thread: with work of the backend for as long as it is asked, or with a function forever. */
import { parentPort, workerData } from "node:worker_threads";
import { asBackend, reportRunning } from "../../src/functions/execution/call-context.ts";

reportRunning(workerData.running);

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

parentPort?.on("message", ({ type, id, request }) => {
  if (type === "ping") parentPort?.postMessage({ type: "pong", id });
  if (type !== "request") return;
  if (request.own) asBackend(() => block(request.ms));
  else block(request.ms);
  parentPort?.postMessage({ type: "reply", id, reply: { ok: true, answer: "done" } });
});
parentPort?.postMessage({ type: "started", ts: 0n });
