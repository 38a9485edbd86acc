/** Permission table: the expected result of each public function for each kind of signed-in caller. */
import type { Value } from "convex/values";
import { EDGE_SECRET } from "./backend.ts";
import { DEVICE } from "./people.ts";

/** Signed-in users by their role, and by their relation to the entities of the scene. */
export const SIGNED_IN = ["viewer", "developer", "member", "owner", "admin"] as const;

export type SignedIn = (typeof SIGNED_IN)[number];

/** `ok` or the error code. */
export type Answer = "ok" | "forbidden" | "not_found" | "conflict" | "invalid" | "unauthenticated";

/**
 * Entities that arguments refer to: the caller and two other users.
 * Also a project of `owner` with its member, its API key, an alert rule and channel, and the agent `scout`. // agents:line
 */
export type Scene = {
  caller: { workosUserId: string; sessionId: string; userId: string; email: string };
  owner: { userId: string };
  member: { userId: string };
  // agents:start
  projectId: string;
  keyId: string;
  ruleId: string;
  channelId: string;
  // agents:end
};

export type Row = {
  args: (scene: Scene) => Record<string, Value | undefined>;
  answers: Record<SignedIn, Answer>;
  /** Result for a caller without a token; `unauthenticated` by default, `ok` if the proof of the worker is enough. */
  nobody?: Answer;
  /** An impersonator may not do this, although the user may. */
  impersonator?: "forbidden";
  /** A successful call changes what other rows rely on, so the next call needs another scene. */
  spends?: true;
};

const everyone = answers("ok", "ok", "ok", "ok");
const admins = answers("forbidden", "forbidden", "forbidden", "ok");
// agents:start
const insiders = answers("not_found", "ok", "ok", "ok");
const managers = answers("not_found", "forbidden", "ok", "ok");
// agents:end

/** Returns the answers of one row; `stranger` applies to viewers and developers who are not members. */
function answers(stranger: Answer, member: Answer, owner: Answer, admin: Answer): Record<SignedIn, Answer> {
  return { viewer: stranger, developer: stranger, member, owner, admin };
}

const worker = { edge: EDGE_SECRET };
const device = { ...DEVICE, ...worker };
const paginationOpts = { numItems: 5, cursor: null };
const none = () => ({});

// agents:start
/** The project's agent. */
function ofAgent({ projectId }: Scene) {
  return { projectId, agent: "scout" };
}
// agents:end

function profile({ caller }: Scene) {
  return { workosUserId: caller.workosUserId, email: caller.email, emailVerified: true, ...worker };
}

export const ROWS: Record<string, Row> = {
  "users:syncFromWorkOS": { args: profile, answers: everyone },
  "users:updateProfile": {
    args: ({ caller }) => ({ userId: caller.userId, firstName: "A" }),
    answers: everyone,
  },
  "users:getByWorkOSId": { args: () => ({ workosUserId: "user_stranger" }), answers: admins },
  "users:getById": {
    args: ({ owner }) => ({ userId: owner.userId }),
    answers: {
      ...answers("forbidden", "forbidden", "ok", "ok"),
      member: "ok", // agents:line
    },
  },
  "users:getByEmail": { args: () => ({ email: "stranger@example.com" }), answers: admins },
  "users:viewer": { args: none, answers: everyone },
  "users:list": { args: () => ({ paginationOpts }), answers: admins },
  "users:suspend": {
    args: ({ member }) => ({ userId: member.userId }),
    answers: admins,
    spends: true,
    impersonator: "forbidden",
  },
  "users:restore": { args: ({ member }) => ({ userId: member.userId }), answers: admins },
  "users:endSessions": { args: ({ member }) => ({ userId: member.userId }), answers: admins, spends: true },
  "users:setRole": {
    args: ({ member }) => ({ userId: member.userId, role: "viewer" }),
    answers: admins,
    spends: true,
    impersonator: "forbidden",
  },

  // agents:start
  "projects:getUserProjects": {
    args: ({ owner }) => ({ userId: owner.userId }),
    answers: answers("forbidden", "forbidden", "ok", "ok"),
  },
  "projects:mine": { args: none, answers: everyone },
  "projects:get": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "projects:create": { args: () => ({ name: "New" }), answers: { ...everyone, viewer: "forbidden" } },
  "projects:rename": { args: ({ projectId }) => ({ projectId, name: "New" }), answers: managers },
  "projects:archive": { args: ({ projectId }) => ({ projectId }), answers: managers, spends: true },
  "projects:restore": { args: ({ projectId }) => ({ projectId }), answers: managers },
  "projects:overview": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "projects:deleteProject": { args: ({ projectId }) => ({ projectId }), answers: admins, spends: true },
  "projects:addMember": {
    args: ({ projectId }) => ({ projectId, email: "friend@example.com" }),
    answers: managers,
    spends: true,
  },
  "projects:removeMember": {
    args: ({ projectId, member }) => ({ projectId, userId: member.userId }),
    answers: managers,
    spends: true,
  },
  "projects:removeInvite": {
    args: ({ projectId }) => ({ projectId, email: "invited@example.com" }),
    answers: managers,
    spends: true,
  },
  "projects:leave": {
    args: ({ projectId }) => ({ projectId }),
    answers: answers("not_found", "ok", "conflict", "not_found"),
    spends: true,
  },

  "alertRules:list": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "alertRules:create": {
    args: ({ projectId }) => ({ projectId, rule: { kind: "silent", agent: null } }),
    answers: managers,
    spends: true,
  },
  "alertRules:remove": { args: ({ ruleId }) => ({ ruleId }), answers: managers, spends: true },
  "alertChannels:list": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "alertChannels:create": {
    args: ({ projectId }) => ({ projectId, kind: "webhook", address: "https://example.com/new" }),
    answers: managers,
    spends: true,
  },
  "alertChannels:remove": { args: ({ channelId }) => ({ channelId }), answers: managers, spends: true },
  "alertChannels:test": { args: ({ projectId }) => ({ projectId }), answers: managers },
  "alertRules:addUsual": { args: ({ projectId }) => ({ projectId }), answers: managers, spends: true },
  "incidents:list": { args: ({ projectId }) => ({ projectId, paginationOpts }), answers: insiders },
  "incidents:open": { args: none, answers: everyone },
  "incidents:mine": { args: none, answers: everyone },
  "incidents:newest": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "incidents:outages": { args: none, answers: everyone },
  "alertDeliveries:list": { args: ({ projectId }) => ({ projectId, paginationOpts }), answers: insiders },
  "alerting:health": { args: () => worker, answers: everyone, nobody: "ok" },

  "projectKeys:create": {
    args: ({ projectId }) => ({ projectId, name: "Key" }),
    answers: managers,
    impersonator: "forbidden",
  },
  "projectKeys:list": { args: ({ projectId }) => ({ projectId }), answers: managers },
  "projectKeys:revoke": { args: ({ keyId }) => ({ keyId }), answers: managers, spends: true },

  "agents:list": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  "agents:get": { args: ofAgent, answers: insiders },
  "agents:history": { args: ofAgent, answers: insiders },
  "agents:setInterval": { args: (scene) => ({ ...ofAgent(scene), everyMs: null }), answers: managers },
  "agents:mute": { args: (scene) => ({ ...ofAgent(scene), until: null }), answers: managers },
  "agents:retire": { args: ofAgent, answers: managers, spends: true },
  "agents:read": { args: () => ({ keyHash: "none", ...worker }), answers: everyone, nobody: "ok" },

  "metrics:ingest": {
    args: () => ({ keyHash: "none", path: "/api/v1/metrics", ...worker }),
    answers: everyone,
    nobody: "ok",
  },
  "metrics:series": {
    args: (scene) => ({ ...ofAgent(scene), name: "latency", range: "1h" }),
    answers: insiders,
  },
  "metrics:recent": { args: ({ projectId }) => ({ projectId, paginationOpts }), answers: insiders },
  "metrics:totals": { args: ({ projectId }) => ({ projectId }), answers: insiders },
  // agents:end

  "preferences:get": { args: none, answers: everyone },
  "preferences:set": { args: () => ({ theme: "dark" }), answers: everyone },

  "auditLogs:mine": { args: () => ({ paginationOpts }), answers: everyone },
  "auditLogs:all": { args: () => ({ paginationOpts }), answers: admins },
  "auditLogs:logAuthEvent": { args: () => ({ event: "login", ...device }), answers: everyone },

  "sessions:revoke": {
    args: () => ({ sessionId: "session_other", ...device }),
    answers: everyone,
    spends: true,
    impersonator: "forbidden",
  },
  "sessions:mine": { args: none, answers: everyone },

  "edge:signedIn": {
    args: (scene) => ({ ...profile(scene), session: { sessionId: scene.caller.sessionId, ...DEVICE } }),
    answers: everyone,
  },
  "edge:refreshed": {
    args: ({ caller }) => ({ session: { sessionId: caller.sessionId, ...DEVICE }, ...worker }),
    answers: everyone,
  },
  "edge:otherSessionsEnded": {
    args: ({ caller }) => ({ sessionId: caller.sessionId, ...device }),
    answers: everyone,
    spends: true,
    impersonator: "forbidden",
  },
  "edge:signedOut": {
    args: ({ caller }) => ({ sessionId: caller.sessionId, ...device }),
    answers: everyone,
    spends: true,
  },
  // agents:start
  "edge:projectViewed": { args: ({ projectId }) => ({ projectId, ...worker }), answers: insiders },
  "edge:isInvited": {
    args: () => ({ email: "a@example.com", ...worker }),
    answers: everyone,
    nobody: "ok",
  },
  // agents:end
  "edge:accountDeleted": {
    args: () => worker,
    answers: { ...everyone, admin: "conflict" },
    spends: true,
    impersonator: "forbidden",
  },

  "doctor:deployment": { args: () => worker, answers: everyone, nobody: "ok" },

  "pages:home": { args: none, answers: everyone }, // agents:line
  "pages:dashboard": { args: none, answers: everyone }, // agents:line
  "pages:profile": { args: none, answers: everyone },
  "pages:settings": { args: none, answers: everyone },
  "pages:shell": { args: none, answers: everyone },
  "pages:project": { args: ({ projectId }) => ({ projectId, range: "1h" }), answers: insiders }, // agents:line
  "pages:agent": { args: (scene) => ({ ...ofAgent(scene), range: "1h" }), answers: insiders }, // agents:line
  "pages:alerts": { args: none, answers: everyone }, // agents:line
  "pages:sessions": { args: none, answers: everyone },
  "pages:activity": { args: none, answers: everyone },
  "pages:account": { args: none, answers: everyone },
  "pages:accountExport": { args: none, answers: everyone, impersonator: "forbidden" },
  "pages:adminUsers": { args: none, answers: admins },
  "pages:adminAudit": { args: none, answers: admins },
};
