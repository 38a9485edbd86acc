/** The two demo projects with their members and agents. */
import type { DemoAgent } from "./figures.ts";

export type DemoProject = { name: string; owner: string; members: string[]; agents: DemoAgent[] };

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
          { name: "cost $/h", middle: 1.9, swing: 0.8, noise: 0.2, decimals: 2 },
        ],
      },
      {
        agent: "escalation",
        every: 300,
        figures: [{ name: "handed over", middle: 4, swing: 2, noise: 2, decimals: 0 }],
      },
    ],
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
        agent: "crawler",
        every: 0,
        figures: [{ name: "pages read", middle: 5200, swing: 1800, noise: 400, decimals: 0 }],
      },
    ],
  },
];
