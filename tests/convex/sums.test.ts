/** Sums of counters: since midnight in each member's time zone, and of the last 7 and 30 days. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { dayOf } from "../../convex/model/days.ts";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";
import { DAY, HOUR, MINUTE, newScene, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let project: Reporting;

beforeEach(async () => {
  ({ backend, grace, project } = await newScene(startBackend(CONFLICTS)));
});

const list = () => grace.query(api.agents.list, { projectId: project.projectId });
const get = (agent = "scout") => grace.query(api.agents.get, { projectId: project.projectId, agent });
const overview = (who = grace) => who.query(api.projects.overview, { projectId: project.projectId });

describe("sums of today", () => {
  const sums = async (who: Member) => (await overview(who))[0]?.metrics[0]?.today;
  const zone = (who: Member, timeZone: string) => who.mutation(api.preferences.set, { timeZone });

  test("each member gets the sum since the midnight of their time zone", async () => {
    const now = Date.now();
    const zones = ["Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu"];
    const members = [grace];
    for (const name of ["alan", "edsger"]) {
      const member = await signIn(backend, name);
      await grace.mutation(api.projects.addMember, { projectId: project.projectId, email: member.email });
      members.push(member);
    }
    for (const [i, member] of members.entries()) await zone(member, zones[i] ?? "UTC");
    const points = Array.from({ length: 30 }, (_, i) => ({
      kind: "counter" as const,
      value: 2 ** i,
      at: now - i * HOUR,
    }));
    // Some points before the zones are known, some after.
    await project.report(points.slice(0, 20));
    await project.report(points.slice(20));
    const expected = (timeZone: string) => {
      const { since } = dayOf(timeZone, now);
      const sum = points.filter(({ at }) => at >= since).reduce((all, { value }) => all + value, 0);
      return { since, sum };
    };
    for (const [i, member] of members.entries()) {
      await expect.poll(() => sums(member), { timeout: 5_000 }).toEqual(expected(zones[i] ?? "UTC"));
    }
    // A change of the time zone is right within 5 s, for all members, without new points.
    await zone(grace, "Australia/Lord_Howe");
    await expect.poll(() => sums(grace), { timeout: 5_000 }).toEqual(expected("Australia/Lord_Howe"));
    expect(await sums(members[1] as Member)).toEqual(expected("America/New_York"));
    const details = await get();
    expect(details.series[0]?.today).toEqual(expected("Australia/Lord_Howe"));
    // An admin who is no member gets the UTC day, because the project does not keep theirs.
    const ada = await signIn(backend, "ada");
    await zone(ada, "Asia/Tokyo");
    expect(await sums(ada)).toEqual(expected("UTC"));

    // Of many zones, the owner's and those of most members are kept, and UTC.
    const many = ["Africa/Cairo", "Asia/Dubai", "Asia/Seoul", "Asia/Tokyo", "Europe/Oslo", "Europe/Rome"];
    const rows = [...many, ...many, "Africa/Accra"].map((timeZone) => ({
      ...{ projectId: project.projectId, userId: ada.userId, role: "member", projectCreatedAt: 1, timeZone },
    }));
    await backend.store("projectMembers", rows);
    await zone(grace, "Pacific/Apia");
    const kept = async () => {
      const rows = (await backend.rows("overviews")).filter((row) => row.projectId === project.projectId);
      return rows.flatMap(({ zones }) => (zones as { zone: string }[]).map(({ zone }) => zone));
    };
    // The eighth is the first by name of those of one member.
    const expectedZones = ["Pacific/Apia", ...many, "Africa/Accra", "UTC"];
    await expect.poll(kept, { timeout: 5_000 }).toEqual(expectedZones);
  });

  test("sums begin at 0 at midnight, and include points that a clock ahead sent before midnight", async () => {
    const now = Date.now();
    const { since } = dayOf("UTC", now);
    await project.report([
      { kind: "counter", value: 1 },
      { kind: "counter", name: "idle", value: 3 },
    ]);
    // As if these points had arrived before midnight.
    const [stored] = (await backend.rows("overviews")).filter((row) => row.projectId === project.projectId);
    const others = (await backend.rows("overviews")).filter((row) => row.projectId !== project.projectId);
    const yesterday = [{ zone: "UTC", since: since - DAY, next: since }];
    if (stored === undefined) throw new Error("no overview");
    await backend.store("overviews", [...others, { ...stored, zones: yesterday }], "replace");
    const rows = (await backend.rows("timeSeries")).map((row) =>
      row.projectId === project.projectId
        ? { ...row, today: [{ zone: "UTC", since: since - DAY, sum: 100 }] }
        : row,
    );
    await backend.store("timeSeries", rows, "replace");
    await project.report([{ kind: "counter", value: 10 }]);
    const [agent] = await list();
    const today = Object.fromEntries(agent?.metrics.map(({ name, today }) => [name, today]) ?? []);
    expect(today).toEqual({ latency: { since, sum: 11 }, idle: { since, sum: 3 } });
  });

  test("totals are those of today, of the last 7 days and of the last 30 days", async () => {
    const until = Math.floor(Date.now() / MINUTE) * MINUTE;
    const counter = { kind: "counter" as const, name: "tokens" };
    const ages = [0, HOUR, 6.5 * DAY, 6.9 * DAY];
    for (const [i, age] of ages.entries()) {
      await project.report([{ ...counter, value: 10 ** i, at: until - age }, { agent: "gauge" }]);
    }
    await project.report([{ ...counter, agent: "old", value: 7, at: until - 6.99 * DAY }]);
    const ask = (end?: number) =>
      grace.query(api.metrics.totals, {
        projectId: project.projectId,
        ...(end !== undefined && { until: end }),
      });
    const series = async (range: "7d" | "30d", end: number, agent = "scout") => {
      const args = { projectId: project.projectId, agent, name: "tokens", range, until: end };
      const buckets = await grace.query(api.metrics.series, args);
      return buckets.reduce((all, { sum }) => all + sum, 0);
    };
    // Later ends, so that points and whole days leave the ranges.
    for (const end of [until, until + 12 * HOUR, until + 3 * DAY, until + 24 * DAY, until - 2 * DAY]) {
      expect(await ask(end), String(end - until)).toEqual(
        await Promise.all(
          ["old", "scout"].map(async (agent) => ({
            agent,
            name: "tokens",
            today: expect.objectContaining({ since: dayOf("UTC", Date.now()).since }),
            last7d: await series("7d", end, agent),
            last30d: await series("30d", end, agent),
          })),
        ),
      );
    }
    expect((await ask()).map(({ last7d, last30d }) => [last7d, last30d])).toEqual([
      [7, 7],
      [1111, 1111],
    ]);
    expect(await rejectionOf(ask(until + 1))).toBe("invalid");
  });
});
