/**
 * Load test of ingestion with conflicts on: the two loads that the contract promises at 150 ms for each mutation,
 * then 100 agents that report each second at 60 ms, into projects with a day of history. Beside each, 50 open
 * dashboards, retention and a deletion.
 * `SCALE_SECONDS` is the length of each load.
 */
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConvexClient } from "convex/browser";
import { api } from "../../convex/_generated/api.js";
import type { Metric } from "../../local/demo/figures.ts";
import { cleanUp, run } from "../launcher/copy.ts";
import { type Administration, administrationOf } from "./convex-counters.ts";
import { makeProject, type Signed, signedIn } from "./person.ts";
import { print, printCounters, printJobs, spread } from "./scale-report.ts";

const SECONDS = Number(process.env.SCALE_SECONDS ?? 60);
const DASHBOARDS = 50;
const USERS = 10;
/** One-point batches: those of a deleted project, and those that are older than 30 days. */
const DELETED = 10_000;
const EXPIRED = 4_000;
const STORED_AT_ONCE = 2_000;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Time for the last values to reach the page. */
const SETTLE_MS = 10_000;

/** A load on one project: each sender sends one request every `everyMs`; senders may share API keys. */
type Load = { name: string; senders: number; keys: number; everyMs: number; items: number };

const LOADS: { mutationMs: number; loads: Load[] }[] = [
  {
    mutationMs: 150,
    loads: [
      { name: "10 requests a second with one key, 50 items", senders: 1, keys: 1, everyMs: 100, items: 50 },
      { name: "10 keys at once every 5 s, 500 items", senders: 10, keys: 10, everyMs: 5_000, items: 500 },
    ],
  },
  {
    mutationMs: 60,
    loads: [{ name: "100 agents each second, 5 items", senders: 100, keys: 20, everyMs: 1_000, items: 5 }],
  },
];

export async function benchScale(): Promise<void> {
  try {
    for (const { mutationMs, loads } of LOADS) await measure(mutationMs, loads);
  } finally {
    await cleanUp();
  }
}

async function measure(mutationMs: number, loads: readonly Load[]): Promise<void> {
  const environment = { CONVEX_LOCAL_CONFLICTS: "1", CONVEX_LOCAL_MUTATION_MS: String(mutationMs) };
  const copy = await run("start", { environment });
  await copy.ready();
  const url = `http://127.0.0.1:${copy.ports.app}`;
  const convexUrl = `http://127.0.0.1:${copy.ports.convex}`;
  const backend = administrationOf(convexUrl, readFileSync(join(copy.localDir, "admin-key"), "utf8").trim());
  const ada = await signedIn(url, convexUrl, "ada@example.com");
  const projects: Project[] = [];
  for (const load of loads) projects.push(await Project.create(url, ada, load));
  while ((await backend.documents("pendingBatches")).length > 0) await pause(200);
  const doomed = await prepareRemovals(backend, url, ada);
  const watchers = await openDashboards(url, convexUrl, ada, projects);

  const before = await backend.counters();
  const began = performance.now();
  await ada.convex.mutation(api.projects.deleteProject, { projectId: doomed });
  await backend.run("jobs:start", {});
  await Promise.all(projects.map((project) => project.send(SECONDS * 1_000)));
  const seconds = (performance.now() - began) / 1_000;
  const during = await backend.counters();
  await waitFor(() => projects.every((project) => project.isShown), SETTLE_MS);

  print(
    `\n${mutationMs} ms for each mutation, ${seconds.toFixed(0)} s, load of this machine ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const project of projects) project.print();
  printCounters(before, during, seconds);
  await printJobs(backend);
  for (const watcher of watchers) await watcher.close();
  await cleanUp();
}

/** A project that receives a load, and what its requests and the open dashboards showed. */
class Project {
  readonly projectId: string;
  readonly #load: Load;
  readonly #url: string;
  readonly #keys: string[];
  /** When each request was answered, by sender and number, until a dashboard shows its value. */
  readonly #answered = new Map<string, number>();
  readonly #shownMs: number[] = [];
  readonly #requestMs: number[] = [];
  readonly #failed: string[] = [];

  private constructor(url: string, load: Load, projectId: string, keys: string[]) {
    this.#url = url;
    this.#load = load;
    this.projectId = projectId;
    this.#keys = keys;
  }

  static async create(url: string, owner: Signed, load: Load): Promise<Project> {
    const { projectId, key } = await makeProject(url, owner, load.name, pastOf(load));
    const keys = [key];
    while (keys.length < load.keys) {
      const made = await owner.convex.mutation(api.projectKeys.create, { projectId, name: "Agents" });
      keys.push(made.key);
    }
    return new Project(url, load, projectId, keys);
  }

  /** Sends until the time is over. A slow answer does not delay the next request. */
  async send(milliseconds: number): Promise<void> {
    const { everyMs, senders } = this.#load;
    const pending: Promise<void>[] = [];
    const began = performance.now();
    for (let number = 1; number * everyMs <= milliseconds; number++) {
      for (let sender = 0; sender < senders; sender++) pending.push(this.#sendOne(sender, number));
      await pause(Math.max(0, began + number * everyMs - performance.now()));
    }
    await Promise.all(pending);
  }

  async #sendOne(sender: number, number: number): Promise<void> {
    const { items, everyMs } = this.#load;
    // Agents with a clock each do not report in the same millisecond; those of one key do.
    if (this.#load.keys < this.#load.senders) await pause((everyMs * sender) / this.#load.senders);
    const sent = performance.now();
    const at = Date.now();
    const metrics = Array.from({ length: items }, (_, index) => ({
      ...itemOf(sender, index),
      value: number,
      at,
    }));
    const response = await fetch(`${this.#url}/api/v1/metrics`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#keys[sender % this.#keys.length]}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ metrics }),
    }).catch((error: Error) => ({ status: error.message, text: async () => "" }));
    const text = await response.text();
    this.#requestMs.push(performance.now() - sent);
    if (response.status === 202) this.#answered.set(`${sender} ${number}`, performance.now());
    else this.#failed.push(`${response.status} ${text.slice(0, 200)}`);
  }

  /** Notes what a dashboard shows: a number of a sender shows its earlier requests too. */
  shows(agents: readonly { agent: string; metrics: readonly { value: number }[] }[]): void {
    const now = performance.now();
    const newest = new Map(agents.map(({ agent, metrics }) => [agent, metrics[0]?.value ?? 0]));
    for (const [key, answered] of this.#answered) {
      const [sender = "", number = ""] = key.split(" ");
      if ((newest.get(`agent ${sender}-0`) ?? 0) < Number(number)) continue;
      this.#shownMs.push(Math.max(0, now - answered));
      this.#answered.delete(key);
    }
  }

  get isShown(): boolean {
    return this.#answered.size === 0;
  }

  print(): void {
    const { name } = this.#load;
    const failed =
      this.#failed.length === 0
        ? "none failed"
        : `FAILED ${this.#failed.length}: ${[...new Set(this.#failed)].join(" | ")}`;
    print(`${name}: ${this.#requestMs.length} requests, ${failed}`);
    print(`  answered after ${spread(this.#requestMs)}`);
    print(
      `  on the page after the answer ${spread(this.#shownMs)}, ${this.#answered.size} not shown; at most 2000 ms`,
    );
  }
}

/** Returns the agent and the name of an item: ten agents of a sender with ten metrics each. */
function itemOf(sender: number, index: number) {
  return { agent: `agent ${sender}-${Math.floor((index % 100) / 10)}`, name: `metric ${index % 10}` };
}

/** Returns a point for each hour of the last day in every time series of a load, so that all sparklines are full. */
function pastOf({ senders, items }: Load): Metric[] {
  const now = Date.now();
  const series = Array.from({ length: senders * Math.min(items, 100) }, (_, index) =>
    itemOf(index % senders, Math.floor(index / senders)),
  );
  const hours = Array.from({ length: 24 }, (_, hour) => now - (23 - hour) * HOUR_MS);
  return hours.flatMap((at) => series.map((one) => ({ ...one, value: 0, at })));
}

/** Stores what retention and deletion remove, and returns the project to delete. */
async function prepareRemovals(backend: Administration, url: string, ada: Signed): Promise<string> {
  const { projectId } = await makeProject(url, ada, "Deleted");
  const kept = await makeProject(url, ada, "Expired");
  const metrics = [{ agent: "a", name: "n", value: 1 }];
  const store = async (count: number, document: { projectId: string; at: number }) => {
    for (let stored = 0; stored < count; stored += STORED_AT_ONCE) {
      const rows = Array.from({ length: STORED_AT_ONCE }, () => ({ ...document, metrics, statuses: [] }));
      await backend.store("agentMetrics", rows);
    }
  };
  await store(DELETED, { projectId, at: Date.now() });
  await store(EXPIRED, { projectId: kept.projectId, at: Date.now() - 31 * DAY_MS });
  return projectId;
}

/** Opens the dashboards, each with its own socket. Dashboards of one user share query runs. */
async function openDashboards(
  url: string,
  convexUrl: string,
  ada: Signed,
  projects: readonly Project[],
): Promise<ConvexClient[]> {
  const clients: ConvexClient[] = [];
  for (let user = 0; user < USERS; user++) {
    const email = `watcher-${user}@example.com`;
    const { token } = user === 0 ? ada : await signedIn(url, convexUrl, email);
    for (const { projectId } of user === 0 ? [] : projects) {
      await ada.convex.mutation(api.projects.addMember, { projectId, email });
    }
    for (let tab = 0; tab < DASHBOARDS / USERS; tab++) {
      const client = new ConvexClient(convexUrl, { logger: false });
      client.setAuth(async () => token);
      client.onUpdate(api.projects.mine, {}, () => undefined);
      for (const project of projects) {
        const isMeasured = user === USERS - 1 && tab === 0;
        client.onUpdate(api.projects.overview, { projectId: project.projectId }, (agents) => {
          if (isMeasured) project.shows(agents);
        });
      }
      clients.push(client);
    }
  }
  return clients;
}

async function waitFor(condition: () => boolean, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!condition() && performance.now() < end) await pause(50);
}
