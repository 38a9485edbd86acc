/** The two demo projects with their members and agents. */
import type { DemoAgent } from "./figures.ts";
import type { OtelService } from "./otel.ts";

export type DemoProject = {
  name: string;
  owner: string;
  members: string[];
  agents: DemoAgent[];
  /** Services that send through OpenTelemetry. */
  services: OtelService[];
};

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const ALAN = "alan@example.com";

export const DEMO_PROJECTS: DemoProject[] = [
  {
    name: "Customer support",
    owner: ADA,
    members: [GRACE, ALAN],
    agents: [
      {
        agent: "triage",
        every: 10,
        figures: [
          { name: "tickets", middle: 42, swing: 25, noise: 6, decimals: 0 },
          { name: "first reply min", middle: 3.2, swing: 1.4, noise: 0.5, decimals: 1 },
        ],
      },
      {
        agent: "drafts",
        every: 10,
        figures: [
          { name: "accepted %", middle: 83, swing: 5, noise: 4, decimals: 1 },
          { name: "cost $", kind: "counter", middle: 0.009, swing: 0.004, noise: 0.002, decimals: 4 },
        ],
        phases: [
          { state: "working", seconds: 320, message: "Drafting replies to 12 open tickets" },
          { state: "waiting", seconds: 110, message: "May I refund order 2187?" },
          { state: "working", seconds: 230, message: "Sending the approved replies" },
          { state: "done", seconds: 60, message: "12 tickets answered" },
        ],
      },
      {
        agent: "nightly report",
        every: 60,
        figures: [
          { name: "tickets summarized", kind: "counter", middle: 31, swing: 0, noise: 8, decimals: 0 },
        ],
        nightly: {
          hour: 2,
          minutes: 12,
          works: "Summarizing yesterday",
          finished: "The report of yesterday is sent",
        },
      },
      {
        agent: "escalation",
        every: 300,
        figures: [{ name: "handed over", middle: 4, swing: 2, noise: 2, decimals: 0 }],
      },
    ],
    services: [],
  },
  {
    name: "Search quality",
    owner: GRACE,
    members: [ADA, ALAN],
    agents: [
      {
        agent: "ranker",
        every: 10,
        figures: [
          { name: "top click %", middle: 61, swing: 4, noise: 3, decimals: 1 },
          { name: "latency ms", middle: 118, swing: 30, noise: 14, decimals: 0 },
        ],
      },
      {
        agent: "evals",
        every: 15,
        figures: [
          { name: "score", middle: 0.82, swing: 0.03, noise: 0.04, decimals: 3 },
          { name: "tokens", kind: "counter", middle: 5200, swing: 1100, noise: 900, decimals: 0 },
        ],
        phases: [
          { state: "working", seconds: 540, message: "Judging 400 answers" },
          { state: "failed", seconds: 150, message: "The judge answered 529 three times in a row" },
          { state: "working", seconds: 390, message: "Judging again from answer 217" },
          { state: "done", seconds: 120, message: "400 answers judged" },
        ],
      },
      {
        agent: "crawler",
        every: 0,
        figures: [{ name: "pages read", middle: 5200, swing: 1800, noise: 400, decimals: 0 }],
      },
    ],
    services: [{ service: "query-rewriter", every: 10 }],
  },
];
