/** Forms of an agent's page: its interval, muting, and retirement. */
import type { OptimisticLocalStore } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../convex/model/intervals.ts";
import { serverNow } from "../data/clock.ts";
import { defineForm } from "../data/define-form.ts";

/** The agent as its page shows it. */
export type AgentDetails = FunctionReturnType<typeof api.agents.get>;

/** The project and the agent in the page's URL. */
type Params = { projectId: string; agent: string };

const MOST_MINUTES = 44_640;

/** Choices of `Mute for`, by label. */
export const MUTE_FOR: Readonly<Record<string, number>> = {
  "1 hour": HOUR_MS,
  "8 hours": 8 * HOUR_MS,
  "1 day": DAY_MS,
  "1 week": 7 * DAY_MS,
};

/** Changes the agent that the page shows. Until the live query has a value, that is the loader's. */
function change(
  store: OptimisticLocalStore,
  { projectId, agent }: Params,
  shown: AgentDetails | null,
  changed: Partial<AgentDetails>,
): void {
  const known = store.getQuery(api.agents.get, { projectId, agent }) ?? shown;
  if (known) store.setQuery(api.agents.get, { projectId, agent }, { ...known, ...changed });
}

/** Returns the minutes of a text with a decimal point or comma; null for another text. */
function minutesOf(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : null;
}

function minutesProblem(text: string): string | null {
  if (text.trim() === "") return null;
  const minutes = minutesOf(text);
  return minutes !== null && minutes >= 1 && minutes <= MOST_MINUTES
    ? null
    : `Use 1 to ${MOST_MINUTES} minutes, or leave it empty.`;
}

export const setAgentInterval = defineForm({
  intent: "interval",
  fields: {
    minutes: { label: "Every (minutes)", maxLength: 12, autoComplete: "off", check: minutesProblem },
  },
  rejectedAt: "minutes",
  mutation: api.agents.setInterval,
  args: ({ minutes }, { projectId, agent }: Params) => {
    const known = minutesOf(minutes);
    return { projectId, agent, everyMs: known === null ? null : Math.round(known * MINUTE_MS) };
  },
  optimistic(store, { everyMs, ...params }, shown: AgentDetails | null) {
    change(store, params, shown, {
      everySetMs: everyMs,
      everyMs: everyMs ?? shown?.everyLearnedMs ?? null,
    });
  },
  done: "Saved",
});

export const muteAgent = defineForm({
  intent: "mute",
  fields: {
    time: {
      label: "Mute for",
      check: (value) => (Object.hasOwn(MUTE_FOR, value) ? null : "Choose a time of the list."),
    },
  },
  rejectedAt: "time",
  mutation: api.agents.mute,
  args: ({ time }, { projectId, agent }: Params) => ({
    ...{ projectId, agent },
    until: serverNow() + (MUTE_FOR[time] ?? 0),
  }),
  optimistic(store, { until, ...params }, shown: AgentDetails | null) {
    change(store, params, shown, { mutedUntil: until });
  },
  done: "Agent muted",
});

export const unmuteAgent = defineForm({
  intent: "unmute",
  fields: {},
  mutation: api.agents.mute,
  args: (_, { projectId, agent }: Params) => ({ projectId, agent, until: null }),
  optimistic(store, { until, ...params }, shown: AgentDetails | null) {
    change(store, params, shown, { mutedUntil: until });
  },
  done: "Agent unmuted",
});

export const retireAgent = defineForm({
  intent: "retire",
  fields: {},
  mutation: api.agents.retire,
  args: (_, { projectId, agent }: Params) => ({ projectId, agent }),
  overHttp: true,
  done: "Agent retired",
});
