/**
 * Counters behind the cost tables of docs/running.md: what one report of an agent with five time series reads,
 * writes and runs, alone and in a project of 20 agents with an open dashboard, and reports of 100 agents in one request.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConvexClient } from "convex/browser";
import { api } from "../../convex/_generated/api.js";
import { cleanUp, run } from "../launcher/copy.ts";
import { administrationOf, type FunctionCounters } from "./convex-counters.ts";
import { makeProject, signedIn } from "./person.ts";

/** The agents of a project, and how many of them are in one request. */
const SCENES = [
  { agents: 1, reporting: 1 },
  { agents: 20, reporting: 1 },
  { agents: 100, reporting: 100 },
];
const REQUESTS = 20;
const EVERY_MS = 1_500;
const SERIES = 5;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MEASURED = ["metrics:ingest", "compaction:run", "projects:overview"];

export async function benchCost(): Promise<void> {
  try {
    const copy = await run("start");
    await copy.ready();
    const url = `http://127.0.0.1:${copy.ports.app}`;
    const convexUrl = `http://127.0.0.1:${copy.ports.convex}`;
    const backend = administrationOf(
      convexUrl,
      readFileSync(join(copy.localDir, "admin-key"), "utf8").trim(),
    );
    const ada = await signedIn(url, convexUrl, "ada@example.com");
    for (const { agents, reporting } of SCENES) {
      // A day of hours for the sparklines, and 35 minutes, as a time series has on average.
      const hours = Array.from({ length: 24 }, (_, hour) => (24 - hour) * HOUR_MS);
      const minutes = Array.from({ length: 35 }, (_, minute) => (34 - minute) * MINUTE_MS);
      const past = [...hours, ...minutes].flatMap((ago) => pointsOf(agents, ago));
      const { projectId, key } = await makeProject(url, ada, `${agents} agents`, past);
      const client = new ConvexClient(convexUrl, { logger: false });
      client.setAuth(async () => ada.token);
      let sentToTab = 0;
      client.onUpdate(api.projects.overview, { projectId }, (overview) => {
        sentToTab = JSON.stringify(overview).length;
      });
      // Until the past is folded, and the compactor sleeps.
      while ((await backend.documents("pendingBatches")).length > 0) await pause(EVERY_MS);
      await pause(EVERY_MS);
      const before = await backend.counters();
      for (let sent = 0; sent < REQUESTS; sent++) {
        const response = await fetch(`${url}/api/v1/metrics`, {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: JSON.stringify({ metrics: pointsOf(reporting, 0) }),
        });
        if (response.status !== 202) throw new Error(`sending metrics answered ${response.status}`);
        await pause(EVERY_MS);
      }
      const after = await backend.counters();
      await client.close();
      process.stdout.write(`${reporting * SERIES} points in a request to a project of ${agents} agents:\n`);
      for (const path of MEASURED) print(path, before, after);
      process.stdout.write(`  an update of an open dashboard: ${sentToTab} characters\n`);
    }
    const rows = await backend.documents("agentMetrics");
    process.stdout.write(
      `a stored batch of ${SERIES} points: ${Math.min(...rows.map((row) => JSON.stringify(row).length))} characters\n`,
    );
  } finally {
    await cleanUp();
  }
}

function pointsOf(agents: number, ago: number) {
  const at = Date.now() - ago;
  return Array.from({ length: agents * SERIES }, (_, index) => ({
    agent: `agent ${Math.floor(index / SERIES)}`,
    name: `metric ${index % SERIES}`,
    value: index + at / 7,
    at,
  }));
}

function print(path: string, before: readonly FunctionCounters[], after: readonly FunctionCounters[]): void {
  const use = after.find((one) => one.path === path);
  const start = before.find((one) => one.path === path);
  if (use === undefined) throw new Error(`${path} was not called`);
  const calls = use.calls - (start?.calls ?? 0);
  const perRequest = (of: keyof FunctionCounters["total"]) =>
    Math.round((use.total[of] - (start?.total[of] ?? 0)) / REQUESTS);
  process.stdout.write(
    `  ${path}: ${(calls / REQUESTS).toFixed(2)} calls, ` +
      `${perRequest("bytesRead")} bytes of ${perRequest("documentsRead")} documents read, ` +
      `${perRequest("bytesWritten")} of ${perRequest("documentsWritten")} written, at most ${use.indexRanges} ranges\n`,
  );
}
