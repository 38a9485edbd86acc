/** Forms of the section `Alerts` on a project's page. */
import { api } from "../../convex/_generated/api.js";
import {
  IS,
  metricProblem,
  minutesProblem,
  OF,
  type Rule,
  valueProblem,
  WINDOW_NAMES,
} from "../../convex/model/alerts/rules.ts";
import { defineForm, given, HIDDEN, type Submitted } from "../data/define-form.ts";

/** The id in the page's URL. */
type Params = { projectId: string };

/** Values of the select `When`, with their labels. */
export const WHEN = {
  silent: "An agent is silent",
  failed: "An agent failed",
  waiting: "An agent waits",
  threshold: "A metric crosses a value",
} as const;

/** Values of the select `Channel`, with their labels. */
export const CHANNELS = { webhook: "Webhook", slack: "Slack", email: "Email" } as const;

const oneOf = (values: readonly string[], message: string) => (value: string) =>
  values.includes(value) ? null : message;

/** Returns a check of a field that counts only for one kind of rule, or if no kind was chosen. */
const forWhen =
  (when: keyof typeof WHEN, check: (value: string) => string | null) =>
  (value: string, submitted: Submitted) =>
    submitted.when === when || !Object.hasOwn(WHEN, submitted.when ?? "") ? check(value) : null;

const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));

export const addRule = defineForm({
  intent: "add-rule",
  once: true,
  fields: {
    when: { label: "When", check: oneOf(Object.keys(WHEN), "Choose when to raise an alert.") },
    // An empty value means all agents.
    agent: { label: "Agent", check: (name) => (/\p{Cc}/u.test(name) ? "Choose one of the agents." : null) },
    minutes: {
      label: "For (minutes)",
      check: forWhen("waiting", (value) => minutesProblem(numberOf(value))),
    },
    metric: {
      label: "Metric",
      maxLength: 256,
      autoComplete: "off",
      check: forWhen("threshold", metricProblem),
    },
    of: { label: "Of", check: forWhen("threshold", oneOf(OF, "Choose an aggregate.")) },
    over: { label: "Over", check: forWhen("threshold", oneOf(WINDOW_NAMES, "Choose a span of time.")) },
    is: { label: "Is", check: forWhen("threshold", oneOf(IS, "Choose above or below.")) },
    value: {
      label: "Value",
      autoComplete: "off",
      check: forWhen("threshold", (text) => valueProblem(numberOf(text))),
    },
  },
  mutation: api.alertRules.create,
  args: (values, { projectId }: Params) => ({ projectId, rule: ruleFrom(values) }),
  done: "Rule added",
});

function ruleFrom(values: Readonly<Record<string, string>>): Rule {
  const { when, agent: name = "", minutes = "", metric = "", value = "" } = values;
  const agent = name === "" ? null : name;
  if (when === "failed") return { kind: "state", agent, state: "failed" };
  if (when === "waiting") return { kind: "state", agent, state: "waiting", minutes: numberOf(minutes) };
  if (when !== "threshold") return { kind: "silent", agent };
  return {
    ...{ kind: "threshold", agent, name: metric, value: numberOf(value) },
    of: chosen(OF, values.of),
    window: chosen(WINDOW_NAMES, values.over),
    is: chosen(IS, values.is),
  };
}

/** Returns the chosen value, which the field's check has found in the list. */
function chosen<const T extends string>(list: readonly [T, ...T[]], value: string | undefined): T {
  return list.find((one) => one === value) ?? list[0];
}

export const removeRule = defineForm({
  intent: "remove-rule",
  fields: { ruleId: HIDDEN },
  mutation: api.alertRules.remove,
  args: ({ ruleId }) => ({ ruleId }),
  optimistic(store, { ruleId }) {
    for (const { args, value } of store.getAllQueries(api.alertRules.list)) {
      const left = value?.filter(({ _id }) => _id !== ruleId);
      if (left) store.setQuery(api.alertRules.list, args, left);
    }
  },
  done: "Rule removed",
});

export const addUsualRules = defineForm({
  intent: "usual-rules",
  fields: {},
  mutation: api.alertRules.addUsual,
  args: (_, { projectId }: Params) => ({ projectId }),
  done: "Rules added",
});

/** A new channel. The secret of a webhook is shown once; it is null for other channels. */
export type CreatedChannel = { secret: string | null };

export const addChannel = defineForm({
  intent: "add-channel",
  once: true,
  fields: {
    channel: { label: "Channel", check: oneOf(Object.keys(CHANNELS), "Choose a kind of channel.") },
    address: {
      label: "Address",
      required: true,
      maxLength: 2_000,
      autoComplete: "off",
      spellCheck: false,
      check: given("Enter a URL or an e-mail address."),
    },
  },
  rejectedAt: "address",
  mutation: api.alertChannels.create,
  args: ({ channel, address }, { projectId }: Params) => ({
    ...{ projectId, address },
    kind: chosen(["webhook", "slack", "email"], channel),
  }),
  reveal: ({ secret }): { createdChannel: CreatedChannel } => ({ createdChannel: { secret } }),
});

export const removeChannel = defineForm({
  intent: "remove-channel",
  fields: { channelId: HIDDEN },
  mutation: api.alertChannels.remove,
  args: ({ channelId }) => ({ channelId }),
  optimistic(store, { channelId }) {
    for (const { args, value } of store.getAllQueries(api.alertChannels.list)) {
      const left = value?.filter(({ _id }) => _id !== channelId);
      if (left) store.setQuery(api.alertChannels.list, args, left);
    }
  },
  done: "Channel removed",
});

export const sendTest = defineForm({
  intent: "send-test",
  once: true,
  fields: {},
  mutation: api.alertChannels.test,
  args: (_, { projectId }: Params) => ({ projectId }),
  done: (ids) => (ids.length === 1 ? "1 test is on its way" : `${ids.length} tests are on their way`),
});

/** All forms of the section. */
export const ALERT_FORMS = [addRule, removeRule, addUsualRules, addChannel, removeChannel, sendTest] as const;
