/**
 * Time from cause to message, for silence and for thresholds, with 1, 100 and 200 agents in each of three
 * projects at once; and what the evaluation of 600 agents costs a day.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import type { Rule } from "../../convex/model/alerts/rules.ts";
import { type Receiver, startReceiver } from "../convex/receiver.ts";
import { cleanUp, run } from "../launcher/copy.ts";
import { type Administration, administrationOf, type FunctionCounters } from "./convex-counters.ts";
import { type Signed, signedIn } from "./person.ts";

const PROJECTS = 3;
const SIZES = [1, 100, 200];
const SECOND_MS = 1_000;
const SILENT_AFTER_MS = 15 * 60 * SECOND_MS;
const DAY_MS = 24 * 3_600 * SECOND_MS;

/** The agents become silent in this time, which is that between two evaluations. */
const SPREAD_MS = 20 * SECOND_MS;
const LEAD_MS = 20 * SECOND_MS;

const SILENT: Rule = { kind: "silent", agent: null };
const FAILED: Rule = { kind: "state", agent: null, state: "failed" };
const CRONS = ["alerting:tick", "alertSending:pump"];

const HIGH: Rule = {
  ...{ kind: "threshold", agent: null, name: "load", of: "max" },
  ...{ window: "5m", is: "above", value: 10 },
};

type Place = { url: string; user: Signed; receiver: Receiver; backend: Administration };
type Watched = { projectId: Id<"projects">; key: string };

export async function benchAlerts(): Promise<void> {
  const receiver = await startReceiver();
  try {
    const copy = await run("start");
    await copy.ready();
    const url = `http://127.0.0.1:${copy.ports.app}`;
    const convexUrl = `http://127.0.0.1:${copy.ports.convex}`;
    const adminKey = readFileSync(join(copy.localDir, "admin-key"), "utf8").trim();
    const backend = administrationOf(convexUrl, adminKey);
    for (const agents of SIZES) {
      // A token is valid for five minutes.
      const place = { url, receiver, backend, user: await signedIn(url, convexUrl, "ada@example.com") };
      await measureSilence(place, agents);
      await measureThreshold(place, agents);
    }
    const user = await signedIn(url, convexUrl, "ada@example.com");
    await measureCost({ url, receiver, backend, user });
  } finally {
    await cleanUp();
    await receiver.close();
  }
}

async function measureSilence(place: Place, agents: number): Promise<void> {
  const projects = await watchedProjects(place, [SILENT]);
  const seenAt = Date.now() - SILENT_AFTER_MS + LEAD_MS;
  const points = Array.from({ length: agents }, (_, i) => point(i, 1, seenAt + (i / agents) * SPREAD_MS));
  for (const project of projects) await send(place, project, points);
  const opened = await openedIn(place, projects, agents);
  print(
    `silence, ${agents} agents`,
    opened,
    messagesOf(place, projects, (since) => since),
  );
}

async function measureThreshold(place: Place, agents: number): Promise<void> {
  const projects = await watchedProjects(place, [HIGH]);
  const sentAt = Date.now();
  const points = Array.from({ length: agents }, (_, i) => point(i, 11, sentAt));
  await Promise.all(projects.map((project) => send(place, project, points)));
  const opened = await openedIn(place, projects, agents);
  const delays = opened.map(({ openedAt }) => ({ since: sentAt, openedAt }));
  print(
    `threshold, ${agents} agents`,
    delays,
    messagesOf(place, projects, () => sentAt),
  );
}

/**
 * Measures the crons alone, and then the time in which each of 600 agents is due once although it reports:
 * a quarter of an hour's work.
 */
async function measureCost(place: Place): Promise<void> {
  const projects = await watchedProjects(place, [SILENT, FAILED]);
  const agents = 200;
  const seenAt = Date.now() - SILENT_AFTER_MS + 100 * SECOND_MS;
  const pointsAt = (series: number, at: (i: number) => number) =>
    Array.from({ length: agents }, (_, i) => ({ ...point(i, 1, at(i)), name: `metric ${series}` }));
  for (const project of projects) {
    for (let series = 0; series < 5; series++) {
      await send(
        place,
        project,
        pointsAt(series, (i) => seenAt + (i / agents) * 60 * SECOND_MS),
      );
    }
    await pause(2 * SECOND_MS);
    await send(place, project, pointsAt(0, Date.now));
  }
  await pause(10 * SECOND_MS);
  const start = await place.backend.counters();
  await pause(60 * SECOND_MS);
  const idle = await place.backend.counters();
  await pause(120 * SECOND_MS);
  const end = await place.backend.counters();
  process.stdout.write("crons of alerts, per day:\n");
  for (const path of CRONS) printUse(path, usedIn(path, start, idle), DAY_MS / (60 * SECOND_MS));
  process.stdout.write(
    `evaluation of ${PROJECTS} projects of ${agents} agents that report, per day beside these:\n`,
  );
  for (const path of ["alerting:tick", "alerting:evaluate"]) {
    const crons = usedIn(path, start, idle).map((one) => 2 * one);
    const due = usedIn(path, idle, end).map((one, i) => one - (crons[i] ?? 0));
    printUse(path, due, DAY_MS / SILENT_AFTER_MS);
  }
}

async function watchedProjects({ user, receiver }: Place, rules: readonly Rule[]): Promise<Watched[]> {
  return await Promise.all(
    Array.from({ length: PROJECTS }, async () => {
      const projectId = await user.convex.mutation(api.projects.create, { name: "Watched" });
      const { key } = await user.convex.mutation(api.projectKeys.create, { projectId, name: "Agents" });
      for (const rule of rules) await user.convex.mutation(api.alertRules.create, { projectId, rule });
      const address = `${receiver.url}/${projectId}`;
      await user.convex.mutation(api.alertChannels.create, { projectId, kind: "webhook", address });
      return { projectId, key };
    }),
  );
}

function point(agent: number, value: number, at: number) {
  return { agent: `agent ${agent}`, name: "load", value, at: Math.round(at) };
}

async function send({ url }: Place, { key }: Watched, metrics: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ metrics }),
  });
  if (response.status !== 202) throw new Error(`sending metrics answered ${response.status}`);
}

type Opened = { since: number; openedAt: number };

/** Resolves with the incidents when each agent has one, and the messages have had 3 s to arrive. */
async function openedIn({ user }: Place, projects: readonly Watched[], agents: number): Promise<Opened[]> {
  const all: Opened[] = [];
  for (const { projectId } of projects) {
    for (let cursor: string | null = null, found: Opened[] = []; ; ) {
      const paginationOpts = { numItems: 100, cursor };
      const answer: { page: Opened[]; isDone: boolean; continueCursor: string } = await user.convex.query(
        api.incidents.list,
        { projectId, paginationOpts },
      );
      found.push(...answer.page);
      cursor = answer.continueCursor;
      if (!answer.isDone) continue;
      if (found.length === agents) {
        all.push(...found);
        break;
      }
      await pause(SECOND_MS);
      [found, cursor] = [[], null];
    }
  }
  await pause(3 * SECOND_MS);
  return all;
}

/** Returns the delays of the messages about one incident each; the digest waits for the limit of the channel. */
function messagesOf(
  { receiver }: Place,
  projects: readonly Watched[],
  causeOf: (since: number) => number,
): number[] {
  const paths = new Set(projects.map(({ projectId }) => `/alerts/${projectId}`));
  return receiver.received
    .filter(({ path, json }) => paths.has(path) && json.type === "incident.opened")
    .map(({ json, at }) => at - causeOf(Date.parse(json.data.since)));
}

function print(what: string, opened: readonly Opened[], messages: readonly number[]): void {
  const incidents = opened.map(({ since, openedAt }) => openedAt - since);
  process.stdout.write(
    `${what} in each of ${PROJECTS} projects: incident ${spanOf(incidents)}, message ${spanOf(messages)}\n`,
  );
}

function spanOf(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / SECOND_MS).toFixed(1);
  return `p50 ${at(0.5)} s, p95 ${at(0.95)} s, at most ${at(1)} s (${sorted.length})`;
}

/** Returns the calls, and the bytes read and written, between two readings of the counters. */
function usedIn(
  path: string,
  before: readonly FunctionCounters[],
  after: readonly FunctionCounters[],
): number[] {
  const [start, end] = [before, after].map((counters) => {
    const use = counters.find((one) => one.path === path);
    return [use?.calls ?? 0, use?.total.bytesRead ?? 0, use?.total.bytesWritten ?? 0];
  });
  return (end ?? []).map((one, i) => one - (start?.[i] ?? 0));
}

function printUse(path: string, [calls = 0, read = 0, written = 0]: readonly number[], perDay: number): void {
  const mib = (bytes: number) => `${((bytes * perDay) / 2 ** 20).toFixed(1)} MiB`;
  process.stdout.write(
    `  ${path}: ${Math.round(calls * perDay)} calls, ${mib(read)} read, ${mib(written)} written\n`,
  );
}
