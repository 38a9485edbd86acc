/** Agents of a made-up project, in every health, for screenshots and measurements. */

/** A body of `POST /api/v1/metrics`. */
export type Batch = {
  metrics: { agent: string; name: string; value: number; at: number; kind: "gauge" | "counter" }[];
  statuses: { agent: string; state: string; message?: string; at: number }[];
};

const MINUTE = 60_000;

const JOBS = [
  ...["triage", "drafts", "search", "crawler", "billing-reconciler", "review", "translate", "forecast"],
  ...["notify", "nightly-backup", "code-review", "summaries", "onboarding", "moderation", "ranker", "evals"],
];

/** How an agent reports: its state, how long ago, and what it says. */
type Look = { state?: string; minutes: number; message?: string };

const LOOKS: readonly Look[] = [
  { state: "working", minutes: 0, message: "Reading 42 tickets" },
  { minutes: 1 },
  { state: "working", minutes: 0 },
  { state: "failed", minutes: 12, message: "The provider answered 529 three times in a row" },
  { minutes: 0 },
  { state: "done", minutes: 95, message: "All invoices of October are reconciled" },
  { state: "working", minutes: 1, message: "Step 3 of 7: comparing both plans before anything is written" },
  { state: "waiting", minutes: 6, message: "May I delete 14 branches that were merged?" },
  { minutes: 7 },
  { minutes: 48 },
  { state: "working", minutes: 1 },
  { minutes: 0 },
];

/** Returns how an agent reports. In a large field few agents have trouble, as in a real one. */
function lookOf(index: number): Look {
  const look = LOOKS[index % LOOKS.length] ?? { minutes: 0 };
  const isTrouble = look.state === "failed" || look.state === "waiting" || look.minutes > 15;
  return index >= LOOKS.length && isTrouble && index % 5 !== 0 ? { minutes: index % 2 } : look;
}

/** Returns the batches that make a field of this many agents, each with up to three metrics. */
export function fieldOf(count: number, now: number): Batch[] {
  const batches: Batch[] = [];
  for (let index = 0; index < count; index++) {
    const job = JOBS[index % JOBS.length] ?? "agent";
    const agent = count <= JOBS.length ? job : `${job}-${String(index + 1).padStart(3, "0")}`;
    const { state, minutes, message } = lookOf(index);
    const at = now - minutes * MINUTE - 1_000;
    const hours = count > 60 ? 4 : 20;
    const times = Array.from({ length: hours }, (_, i) => at - (hours - 1 - i) * 60 * MINUTE);
    const point = (name: string, kind: "gauge" | "counter", of: (i: number) => number) =>
      times.map((time, i) => ({ agent, name, kind, value: of(i), at: time }));
    const wave = (i: number) => 1 + Math.sin(i / 3 + index) / 3;
    batches.push({
      metrics: [
        ...point("tickets", "gauge", (i) => Math.round(42 * wave(i))),
        ...(index % 3 < 2 ? point("cost $", "counter", (i) => Math.round(37 * wave(i)) / 100) : []),
        ...(index % 3 === 0
          ? point("gen_ai.client.token.usage{request.model=o5,token.type=input}", "counter", (i) =>
              Math.round(118_000 * wave(i)),
            )
          : []),
      ],
      statuses: state === undefined ? [] : [{ agent, state, at, ...(message !== undefined && { message }) }],
    });
  }
  return batches;
}

/** Returns batches of at most 500 items with the same content. */
export function joined(batches: readonly Batch[]): Batch[] {
  const all: Batch[] = [];
  for (const { metrics, statuses } of batches) {
    const last = all.at(-1);
    const size = (last?.metrics.length ?? 0) + (last?.statuses.length ?? 0);
    if (last === undefined || size + metrics.length + statuses.length > 500)
      all.push({ metrics: [...metrics], statuses: [...statuses] });
    else {
      last.metrics.push(...metrics);
      last.statuses.push(...statuses);
    }
  }
  return all;
}
